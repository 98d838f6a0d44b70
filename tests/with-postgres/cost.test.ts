import "../fixtures/on-postgres.ts";
import "../unit/cost/cost.test.ts";
