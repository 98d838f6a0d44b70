/** A server that is killed at any moment, with PostgreSQL. */
import "../../fixtures/on-postgres.ts";
import "../../unit/conversations/crash.test.ts";
