import "../fixtures/on-postgres.ts";
import "../unit/evaluation/runs.test.ts";
import "../unit/evaluation/people/people.test.ts";
