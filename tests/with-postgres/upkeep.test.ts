/** What is done to a whole database in the terminal, with PostgreSQL. */
import "../fixtures/on-postgres.ts";
import "../unit/cli/upkeep.test.ts";
