/** What was deleted leaves no byte in the file, and nobody's event loop waits for that. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as turn } from "node:timers/promises";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { type Database, openDatabase } from "../../../src/storage/index.ts";
import { scrub } from "../../../src/storage/scrub.ts";
import { temporary } from "../../fixtures/charla.ts";

async function filled(home: string) {
  const { db, close } = await openDatabase(home);
  await sql`create table note (text text)`.execute(db);
  for (let n = 0; n < 200; n++) {
    await db
      .insertInto("note")
      .values({ text: `marmalade ${n} ${"x".repeat(2000)}` })
      .execute();
  }
  return { db, close };
}

const count = async (db: Database) => (await db.selectFrom("note").selectAll().execute()).length;

test("a file is written anew beside the event loop, and questions wait for it in order", async () => {
  const home = temporary();
  const { db, close } = await filled(home);
  const file = join(home, "charla.db");
  await db.deleteFrom("note").execute();
  const other = new DatabaseSync(file);
  other.exec("begin immediate");
  const done: string[] = [];
  const scrubbing = scrub(db, "sqlite", [], true).then(() => done.push("scrubbed"));
  const asked = count(db).then((n) => done.push(`counted ${n}`));
  // On the loop itself it would wait for the other one, which could not end then.
  for (let turns = 0; turns < 100; turns++) await turn();
  expect(done).toEqual([]);
  other.exec("rollback");
  other.close();
  await Promise.all([scrubbing, asked]);
  expect(done).toEqual(["scrubbed", "counted 0"]);
  expect(readFileSync(file).includes("marmalade")).toBe(false);
  expect(statSync(`${file}-wal`).size).toBe(0);
  expect(statSync(file).size).toBeLessThan(50_000);
  await close();
});

test("what keeps the file from it is said in our words, and the database goes on", async () => {
  const home = temporary();
  const { db, close } = await filled(home);
  const other = new DatabaseSync(join(home, "charla.db"));
  other.exec("begin immediate");
  const busy = { code: "storage_busy", retryable: true };
  await expect(scrub(db, "sqlite", [], true, 100)).rejects.toMatchObject(busy);
  other.exec("rollback");
  // Somebody who reads keeps the log from being emptied, in which the deleted text still is.
  other.exec("begin");
  other.prepare("select * from note").get();
  await db.deleteFrom("note").execute();
  await expect(scrub(db, "sqlite", [], false, 100)).rejects.toMatchObject(busy);
  other.close();
  await scrub(db, "sqlite", [], true);
  expect(await count(db)).toBe(0);
  await close();
});
