/** The suite of the vault, on PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/vault/vault.test.ts";
