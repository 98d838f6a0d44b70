/** Assistants and saved prompts on PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/assistants/assistants.test.ts";
