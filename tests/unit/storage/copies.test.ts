/** Backups of a database in use, and back: all or nothing, whatever tables there are. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backup } from "../../../src/storage/copies/backup.ts";
import { restore } from "../../../src/storage/copies/restore.ts";
import { tellOfRestore } from "../../../src/storage/copies/restored.ts";
import { migrate, type OpenDatabase } from "../../../src/storage/index.ts";
import { freshDatabase, onPostgres, openAt, temporary, urlOf } from "../../fixtures/databases.ts";
import { fillOdd, odd, odder, readOdd } from "../../fixtures/odd-tables.ts";

const newer = { name: "later", migrations: { "001": { up: async () => {} } } };

async function filled(nodes?: number) {
  const opened = await freshDatabase([odd]);
  await fillOdd(opened.db, nodes);
  const options = { home: opened.home, url: await urlOf(opened.home), features: [odd] };
  const file = join(opened.home, "chats.backup");
  return { ...opened, file, options: { ...options, version: "1.2.3" } };
}

/** A new place to restore to. */
async function empty(features = [odd]) {
  const home = await temporary();
  return { home, url: await urlOf(home), features };
}

async function reopened<Result>(home: string, look: (opened: OpenDatabase) => Promise<Result>) {
  const opened = await openAt(home);
  try {
    return await look(opened);
  } finally {
    await opened.close();
  }
}

const entries = (home: string) => readdirSync(home).filter((name) => name.startsWith("chats"));

describe("a backup", () => {
  it("holds everything of a database in use, and gives it back", async () => {
    const { db, file, options } = await filled();
    const seen: [number, number][] = [];
    const onProgress = (done: number, total: number) => void seen.push([done, total]);
    const made = await backup(file, { ...options, onProgress });
    expect(made).toMatchObject({ version: 1, charla: "1.2.3", migrations: ["odd/001-tables"] });
    expect(Object.keys(made.tables)).toEqual(["odd_log", "odd_node", "odd_setting"]);
    expect(made.tables.odd_node?.rows).toBe(600);
    expect(seen.at(-1)).toEqual([1208, 1208]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(entries(options.home)).toEqual(["chats.backup"]);

    const target = await empty();
    expect(await restore(file, false, target)).toEqual(made);
    await reopened(target.home, async (again) => {
      expect(await readOdd(again.db)).toEqual(await readOdd(db));
      // Keys, triggers and numbering are as they were.
      const orphan = again.db.insertInto("odd_log").values({ node: "nobody" }).execute();
      await expect(orphan).rejects.toThrow(/foreign key/i);
      await expect(again.db.deleteFrom("odd_log").execute()).rejects.toThrow("only added");
      await again.db.insertInto("odd_log").values({ node: "node-5" }).execute();
      const [last] = await again.db
        .selectFrom("odd_log")
        .selectAll()
        .orderBy("seq", "desc")
        .execute();
      expect(last).toMatchObject({ node: "node-5" });
      expect(last?.seq).toBeGreaterThan(3);
    });
  });

  it("is of one moment, while others write", async () => {
    const { db, file, options } = await filled(300);
    let stop = false;
    const writing = (async () => {
      for (let count = 0; !stop; count++) {
        await db.transaction().execute(async (trx) => {
          // Both or none of them.
          await trx
            .insertInto("odd_setting")
            .values({ state: `pair ${count}` })
            .execute();
          await trx
            .insertInto("odd_node")
            .values({ id: `pair ${count}` })
            .execute();
        });
        await new Promise((resolve) => setImmediate(resolve));
      }
      return db.selectFrom("odd_setting").selectAll().execute();
    })();
    const made = await backup(file, options);
    stop = true;
    expect((await writing).length).toBeGreaterThan(2);
    const { odd_node, odd_setting } = made.tables;
    expect((odd_node?.rows ?? 0) - 300).toBe((odd_setting?.rows ?? 0) - 1);
  });

  it("takes no other's place, leaves nothing half done, and can be stopped", async () => {
    const { file, options } = await filled();
    const stop = new AbortController();
    const reason = new Error("enough");
    const onProgress = (done: number) => done > 400 && stop.abort(reason);
    const stopped = backup(file, { ...options, signal: stop.signal, onProgress });
    await expect(stopped).rejects.toThrow("enough");
    expect(entries(options.home)).toEqual([]);
    await backup(file, options);
    await expect(backup(file, options)).rejects.toMatchObject({ code: "backup_exists" });
    const { home } = await empty();
    const nothing = backup(file.replace("chats", "none"), {
      ...options,
      home,
      url: await urlOf(home),
    });
    await expect(nothing).rejects.toMatchObject({ code: "database_empty" });
    expect(entries(options.home)).toEqual(["chats.backup"]);
  });

  it("with a table that no feature knows is refused, and one of a feature that is not there", async () => {
    const { db, file, options } = await filled(5);
    await migrate(db, [odd, newer]);
    await expect(backup(file, options)).rejects.toMatchObject({ code: "storage_feature_gone" });
    await db.schema.createTable("foreign_table").addColumn("x", "text").execute();
    const all = { ...options, features: [odd, newer] };
    await expect(backup(file, all)).rejects.toMatchObject({
      code: "database_foreign",
      params: { table: "foreign_table" },
    });
    expect(entries(options.home)).toEqual([]);
  });
});

describe("a restore", () => {
  it("refuses data that is there, unless it is to be replaced", async () => {
    const { file, options, db, close, home } = await filled(20);
    await backup(file, options);
    await expect(restore(file, true, options)).rejects.toMatchObject({ code: "home_in_use" });
    const before = await readOdd(db);
    await db.deleteFrom("odd_setting").execute();
    await close();
    await expect(restore(file, false, options)).rejects.toMatchObject({
      code: "database_not_empty",
    });
    await reopened(home, async (again) => {
      expect((await readOdd(again.db)).settings).toEqual([]);
    });
    await restore(file, true, options);
    await reopened(home, async (again) => expect(await readOdd(again.db)).toEqual(before));
  });

  it("removes nothing of what migrations have not made", async () => {
    const { file, options } = await filled(5);
    await backup(file, options);
    const target = await empty();
    await reopened(target.home, ({ db }) =>
      db.schema.createTable("theirs").addColumn("x", "text").execute(),
    );
    await expect(restore(file, true, target)).rejects.toMatchObject({ code: "database_foreign" });
    const tables = await reopened(target.home, ({ db }) => db.introspection.getTables());
    expect(tables.map(({ name }) => name)).toEqual(["theirs"]);
  });

  it("brings an older backup up to date, and refuses a newer one", async () => {
    const { file, options } = await filled(10);
    await backup(file, options);
    const target = await empty([odder]);
    await restore(file, false, target);
    await reopened(target.home, async ({ db }) => {
      const rows = await db.selectFrom("odd_node").select(["id", "words"]).execute();
      expect(rows).toHaveLength(10);
      // A database that grew has its columns in another order than one that is new.
      const again = file.replace("chats", "again");
      await backup(again, { ...target, version: "2" });
      await expect(restore(again, false, await empty())).rejects.toMatchObject({
        code: "backup_newer",
        params: { what: "odd/002-moved" },
      });
    });
  });

  it("is all or nothing: stopped in the middle, what was there stays", async () => {
    const { file, options, home, db, close } = await filled();
    await backup(file, options);
    await db.updateTable("odd_setting").set({ state: "later" }).execute();
    const before = await readOdd(db);
    await close();
    for (const at of [1, 700, 1207]) {
      const stop = new AbortController();
      const onProgress = (done: number) => done >= at && stop.abort(new Error("enough"));
      const stopped = restore(file, true, { ...options, signal: stop.signal, onProgress });
      await expect(stopped).rejects.toThrow("enough");
    }
    await reopened(home, async (again) => expect(await readOdd(again.db)).toEqual(before));
  });

  it("never puts anything else there than what was backed up, whichever byte is wrong", async () => {
    const { file, options, db } = await filled(40);
    await db.updateTable("odd_node").set({ text: "short" }).execute();
    await backup(file, options);
    const whole = readFileSync(file);
    const expected = await readOdd(db);
    const target = await empty();
    // A column that its own table does not have any more: no damage that SQLite itself reports.
    const column = whole.indexOf(`"parent"`) + 1;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const bytes = Buffer.from(whole);
          bytes[at] = (bytes[at] ?? 0) ^ by;
          writeFileSync(file, bytes);
          const refused = await restore(file, true, target).then(
            () => undefined,
            (thrown) => thrown.code,
          );
          if (refused) {
            expect(refused).toMatch(/^backup_(invalid|damaged|newer)$/);
            return;
          }
          await reopened(target.home, async (again) =>
            expect(await readOdd(again.db)).toEqual(expected),
          );
        },
      ),
      // Each is a whole restore.
      { numRuns: onPostgres() ? 15 : 60, examples: [[column, 0x80]] },
    );
    writeFileSync(file, whole.subarray(0, whole.length / 2));
    await expect(restore(file, true, target)).rejects.toMatchObject({
      code: expect.stringMatching(/^backup_/),
    });
    for (const bytes of ["", "this is no backup"]) {
      writeFileSync(file, bytes);
      await expect(restore(file, true, target)).rejects.toMatchObject({ code: "backup_invalid" });
    }
    const nowhere = join(target.home, "nowhere");
    await expect(restore(nowhere, true, target)).rejects.toMatchObject({ code: "backup_invalid" });
    expect(existsSync(nowhere)).toBe(false);
  });

  it("that was changed by somebody changes nothing, whatever is to be replaced", async () => {
    const { db, file, options } = await filled(40);
    await backup(file, options);
    const whole = readFileSync(file);
    // With the right form and another content: a number of rows, a date, a text.
    for (const [statement, code] of [
      ["update charla_backup set manifest = replace(manifest, '1.2.3', '1.2.4')", "backup_invalid"],
      ["update charla_backup set manifest = replace(manifest, '40', '41')", "backup_invalid"],
      ["update odd_node set text = 'forged' where rowid = 1", "backup_damaged"],
      ["delete from odd_node where rowid = 40", "backup_damaged"],
    ] as const) {
      writeFileSync(file, whole);
      const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
      database.exec(statement);
      database.close();
      const before = await readOdd(db);
      const target = await filled(20);
      const there = await readOdd(target.db);
      await target.close();
      const restored = restore(file, true, target.options);
      await expect(restored, statement).rejects.toMatchObject({ code });
      await reopened(target.home, async (again) => expect(await readOdd(again.db)).toEqual(there));
      expect(await readOdd(db)).toEqual(before);
    }
  });

  it("is told to the features once, also when the first telling is cut off", async () => {
    const { file, options } = await filled(5);
    const { createdAt } = await backup(file, options);
    const target = await empty();
    await restore(file, false, target);
    const told: Date[] = [];
    const failing = { afterRestore: () => Promise.reject(new Error("cut off")) };
    const telling = { afterRestore: async (at: Date) => void told.push(at) };
    await expect(tellOfRestore(target.home, [failing])).rejects.toThrow("cut off");
    await tellOfRestore(target.home, [{}, telling]);
    await tellOfRestore(target.home, [telling]);
    expect(told).toEqual([new Date(createdAt)]);
    // Of two, the older one counts.
    await restore(file, true, target);
    const second = file.replace("chats", "second");
    await backup(second, options);
    await restore(second, true, target);
    await tellOfRestore(target.home, [telling]);
    expect(told).toHaveLength(2);
    expect(told[1]).toEqual(new Date(createdAt));
  });
});
