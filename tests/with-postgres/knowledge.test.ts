/** Files on PostgreSQL: their blocks, what is kept once, what goes with chats, what is lent. */
import "../fixtures/on-postgres.ts";
import "../unit/knowledge/collections.test.ts";
import "../unit/knowledge/files.test.ts";
