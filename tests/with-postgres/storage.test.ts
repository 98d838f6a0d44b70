/** What features see of PostgreSQL: the same as of SQLite. */
import { inspect } from "node:util";
import { type Kysely, sql } from "kysely";
import { describe, expect, it } from "vitest";
import type { Openable } from "../../src/core/feature.ts";
import { freshDatabase } from "../fixtures/databases.ts";
import "../fixtures/on-postgres.ts";

const notes: Openable = {
  name: "notes",
  migrations: {
    "001-table": {
      up: (db: Kysely<unknown>) =>
        db.schema
          .createTable("note")
          .addColumn("text", "text")
          .addColumn("count", "bigint")
          .execute(),
    },
  },
};

describe("a PostgreSQL database", () => {
  it("orders texts by their bytes, whatever the server's language is", async () => {
    const { db } = await freshDatabase([notes]);
    const { rows } = await sql<{ text: string }>`
      select text from (values ('b'), ('B'), ('á'), ('a')) as words(text) order by text`.execute(
      db,
    );
    expect(rows.map(({ text }) => text)).toEqual(["a", "á", "b", "B"]);
    const values = ["b", "B", "á", "a", "ñ", "n", "Z", "_", "-"].map((text) => ({ text }));
    await db.insertInto("note").values(values).execute();
    const sorted = await db.selectFrom("note").select("text").orderBy("text").execute();
    expect(sorted.map(({ text }) => text)).toEqual(["-", "B", "Z", "_", "a", "b", "n", "á", "ñ"]);
  });

  it("gives numbers as numbers, and says so of one that is too large", async () => {
    const { db } = await freshDatabase([notes]);
    await db.insertInto("note").values({ count: Number.MAX_SAFE_INTEGER }).execute();
    const { sum, count, max } = db.fn;
    const row = await db
      .selectFrom("note")
      .select([sum("count").as("sum"), count("count").as("count"), max("count").as("one")])
      .executeTakeFirst();
    const one = Number.MAX_SAFE_INTEGER;
    expect(row).toEqual({ sum: one, count: 1, one });
    await db.insertInto("note").values({ count: 1 }).execute();
    const sums = db.selectFrom("note").select(sum("count").as("sum")).execute();
    await expect(sums).rejects.toThrow(RangeError);
  });

  it("says nothing of what a row holds when it refuses it", async () => {
    const { db } = await freshDatabase([notes]);
    await sql`create unique index note_text on note (text)`.execute(db);
    await db.insertInto("note").values({ text: "private words" }).execute();
    const doubled = db.insertInto("note").values({ text: "private words" }).execute();
    const thrown = await doubled.catch((error) => error);
    expect(thrown).toMatchObject({ code: "23505" });
    const wrong = db.insertInto("note").values({ count: "private words" }).execute();
    const refused = await wrong.catch((error) => error);
    expect(refused).toMatchObject({ code: "22P02" });
    for (const error of [thrown, refused]) {
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("private");
    }
  });

  it("takes texts with the one character that it cannot hold", async () => {
    const { db } = await freshDatabase([notes]);
    await db.insertInto("note").values({ text: "a\0b" }).execute();
    expect(await db.selectFrom("note").select("text").execute()).toEqual([{ text: "a\uFFFDb" }]);
  });
});
