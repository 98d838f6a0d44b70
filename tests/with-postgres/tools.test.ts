/** Approvals, and sign-ins at tool servers, on PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/tools/approvals.test.ts";
import "../unit/tools/sign-ins.test.ts";
