/** Images on PostgreSQL: what is kept once, given away, and gone with its chats. */
import "../fixtures/on-postgres.ts";
import "../unit/images/store.test.ts";
