/** A person's memory on PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/memory/memory.test.ts";
