import "../fixtures/on-postgres.ts";
import "../unit/ledger/log.test.ts";
