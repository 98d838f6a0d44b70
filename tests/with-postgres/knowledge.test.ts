/** Files on PostgreSQL: their blocks, what is kept once, what goes with chats, what is lent, and vector stores. */
import "../fixtures/on-postgres.ts";
import "../unit/knowledge/collections.test.ts";
import "../unit/knowledge/files.test.ts";
import "../unit/knowledge/stores.test.ts";
