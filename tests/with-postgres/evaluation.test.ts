import "../fixtures/on-postgres.ts";
import "../unit/evaluation/runs.test.ts";
