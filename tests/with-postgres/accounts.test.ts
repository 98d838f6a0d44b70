/** Accounts on PostgreSQL: races between connections, dates, numbers, and what is stored. */
import "../fixtures/on-postgres.ts";
import "../unit/accounts/own.test.ts";
import "../unit/accounts/people.test.ts";
import "../unit/accounts/rights.test.ts";
import "../unit/accounts/sign-in.test.ts";
import "../unit/accounts/tables.test.ts";
