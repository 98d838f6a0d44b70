/** Transactions, on PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/storage/transactions.test.ts";
