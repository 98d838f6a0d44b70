/** Approvals on PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/tools/approvals.test.ts";
