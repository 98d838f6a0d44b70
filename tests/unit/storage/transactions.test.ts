/** Transactions are alone, on both databases: what one has read is still so when it writes. */
import type { Kysely } from "kysely";
import { expect, it } from "vitest";
import type { Openable } from "../../../src/core/feature.ts";
import { freshDatabase } from "../../fixtures/databases.ts";

const counters: Openable = {
  name: "counters",
  migrations: {
    "001-table": {
      up: (db: Kysely<unknown>) =>
        db.schema
          .createTable("counter")
          .addColumn("id", "text", (column) => column.primaryKey())
          .addColumn("count", "integer")
          .execute(),
    },
  },
};

it("none overwrites what another or a single statement has written meanwhile", async () => {
  const { db } = await freshDatabase([counters]);
  await db.insertInto("counter").values({ id: "one", count: 0 }).execute();
  const inTransaction = () =>
    db.transaction().execute(async (trx) => {
      const { count } = await trx.selectFrom("counter").select("count").executeTakeFirstOrThrow();
      await new Promise((resolve) => setImmediate(resolve));
      await trx
        .updateTable("counter")
        .set({ count: count + 1 })
        .execute();
    });
  const alone = () =>
    db
      .updateTable("counter")
      .set((build) => ({ count: build("count", "+", 1) }))
      .execute();
  const failing = () =>
    db.transaction().execute(async (trx) => {
      await trx.updateTable("counter").set({ count: -1000 }).execute();
      throw new Error("no");
    });
  const works = Array.from({ length: 120 }, (_, index) =>
    index % 3 === 0 ? inTransaction() : index % 3 === 1 ? alone() : failing().catch(() => {}),
  );
  await Promise.all(works);
  const row = await db.selectFrom("counter").select("count").executeTakeFirst();
  expect(row).toEqual({ count: 80 });
});

it("none waits for ever behind statements that keep coming", async () => {
  const { db } = await freshDatabase([counters]);
  let over = false;
  const reading = Array.from({ length: 15 }, async () => {
    while (!over) {
      await db.selectFrom("counter").selectAll().execute();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  for (let count = 0; count < 5; count++) {
    await db.transaction().execute((trx) =>
      trx
        .insertInto("counter")
        .values({ id: String(count), count })
        .execute(),
    );
  }
  over = true;
  await Promise.all(reading);
  expect(await db.selectFrom("counter").selectAll().execute()).toHaveLength(5);
});
