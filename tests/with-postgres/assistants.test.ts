/** Assistants, to whom they are lent, and saved prompts on PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/assistants/assistants.test.ts";
import "../unit/assistants/lent.test.ts";
