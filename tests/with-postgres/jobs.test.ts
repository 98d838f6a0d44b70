import "../fixtures/on-postgres.ts";
import "../unit/jobs/jobs.test.ts";
