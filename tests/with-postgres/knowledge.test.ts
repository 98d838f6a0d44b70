/** Files on PostgreSQL: their blocks, what is kept once, and what goes with chats. */
import "../fixtures/on-postgres.ts";
import "../unit/knowledge/files.test.ts";
