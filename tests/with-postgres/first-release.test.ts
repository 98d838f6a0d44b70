/** What the first release wrote, moved to PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/storage/first-release.test.ts";
