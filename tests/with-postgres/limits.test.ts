/** The suites of limits, on PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/limits/budget.test.ts";
import "../unit/limits/stored.test.ts";
import "../unit/limits/tries.test.ts";
