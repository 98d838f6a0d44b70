import "../fixtures/on-postgres.ts";
import "../unit/audit/log.test.ts";
