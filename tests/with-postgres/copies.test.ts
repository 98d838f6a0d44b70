/** Backups of PostgreSQL, and the way from one database to the other. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { backup } from "../../src/storage/copies/backup.ts";
import { moveToPostgres, restore } from "../../src/storage/copies/restore.ts";
import { migrate, openDatabase } from "../../src/storage/index.ts";
import { createPostgres, temporary } from "../fixtures/databases.ts";
import "../fixtures/on-postgres.ts";
import { fillOdd, odd, readOdd } from "../fixtures/odd-tables.ts";
import "../unit/storage/copies.test.ts";

const features = [odd];

/** Everything of a database that nobody else has open. */
async function contents(home: string, url?: string) {
  const { db, close } = await openDatabase(home, url);
  try {
    return await readOdd(db);
  } finally {
    await close();
  }
}

async function sqlite() {
  const home = await temporary();
  const { db, close } = await openDatabase(home);
  await migrate(db, [odd]);
  await fillOdd(db);
  await close();
  return home;
}

it("a backup of either database is restored into the other, there and back again", async () => {
  const home = await sqlite();
  const before = await contents(home);
  const file = join(home, "first.backup");
  await backup(file, { home, features, version: "1" });
  const elsewhere = { home: await temporary(), url: await createPostgres(), features };
  await restore(file, false, elsewhere);
  expect(await contents(elsewhere.home, elsewhere.url)).toEqual(before);

  const back = join(home, "second.backup");
  await backup(back, { ...elsewhere, version: "1" });
  await restore(back, true, { home, features });
  expect(await contents(home)).toEqual(before);
});

it("a SQLite database moves to an empty PostgreSQL database, and to no other", async () => {
  const home = await sqlite();
  const url = await createPostgres();
  const moved = await moveToPostgres({ home, url, features });
  expect(moved.odd_node?.rows).toBe(600);
  expect(await contents(home, url)).toEqual(await contents(home));
  const again = moveToPostgres({ home, url, features });
  await expect(again).rejects.toMatchObject({ code: "database_not_empty", status: 409 });
  const nothing = moveToPostgres({ home: await temporary(), url, features });
  await expect(nothing).rejects.toMatchObject({ code: "database_empty" });
  // A server that still writes to the folder keeps the move from beginning.
  const { close } = await openDatabase(home);
  const busy = moveToPostgres({ home, url: await createPostgres(), features });
  await expect(busy).rejects.toMatchObject({ code: "home_in_use" });
  await close();
});
