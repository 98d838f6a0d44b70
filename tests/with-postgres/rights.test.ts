import "../fixtures/on-postgres.ts";
import "../unit/rights/erase.test.ts";
import "../unit/rights/restore.test.ts";
