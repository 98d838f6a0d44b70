/** What each version has left, moved to PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/storage/kept.test.ts";
