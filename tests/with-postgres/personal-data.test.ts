import "../fixtures/on-postgres.ts";
import "../unit/personal-data/books.test.ts";
