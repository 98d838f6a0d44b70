/** The suites of conversations, on PostgreSQL. */
import "../../fixtures/on-postgres.ts";
import "../../unit/conversations/continue.test.ts";
import "../../unit/conversations/fuzz.test.ts";
import "../../unit/conversations/list.test.ts";
import "../../unit/conversations/messages.test.ts";
import "../../unit/conversations/owners.test.ts";
import "../../unit/conversations/parts.test.ts";
import "../../unit/conversations/sealed.test.ts";
import "../../unit/conversations/sharing.test.ts";
import "../../unit/conversations/shelf.test.ts";
import "../../unit/conversations/transfer.test.ts";
import "../../unit/conversations/turns.test.ts";
