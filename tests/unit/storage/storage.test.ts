/** The database file: opened, locked, migrated, and every way in which its disk can fail. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Openable } from "../../../src/core/feature.ts";
import { migrate, openDatabase } from "../../../src/storage/index.ts";
import { executed } from "../../../src/storage/migrate.ts";
import { mountDisk, NO_DISK, remountDisk } from "./disk.ts";

async function temporary(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "charla-test-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

const STORAGE = new URL("../../../src/storage/index.ts", import.meta.url).href;

/** Another process that holds a folder. */
async function holder(home: string): Promise<ChildProcess> {
  const script = `const { openDatabase } = await import(${JSON.stringify(STORAGE)});
    globalThis.held = await openDatabase(${JSON.stringify(home)});
    console.log("held"); setInterval(() => {}, 1000);`;
  const args = ["--input-type=module", "-e", script];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (child.stdout) await once(child.stdout, "data");
  return child;
}

const notes: Openable = {
  name: "notes",
  migrations: {
    "001-table": {
      up: (db: Kysely<unknown>) =>
        db.schema.createTable("note").addColumn("text", "text").execute(),
    },
  },
};

describe("a database", () => {
  it("is durable at every commit, keeps foreign keys, and overwrites what is deleted", async () => {
    const { db, close } = await openDatabase(join(await temporary(), "new", "folder"));
    const pragma = async (name: string) =>
      Object.values((await sql.raw<object>(`pragma ${name}`).execute(db)).rows[0] ?? {})[0];
    expect(await pragma("journal_mode")).toBe("wal");
    expect(await pragma("synchronous")).toBe(2);
    expect(await pragma("foreign_keys")).toBe(1);
    expect(await pragma("secure_delete")).toBe(1);
    await close();
    await close();
  });

  it("gives back what was put in, in transactions that are whole", async () => {
    const { db, close } = await openDatabase(await temporary());
    await migrate(db, [notes]);
    const values = ["", "ñandú 😀", "'; drop table note; --", null];
    await db
      .insertInto("note")
      .values(values.map((text) => ({ text })))
      .execute();
    const failed = db.transaction().execute(async (trx) => {
      await trx.insertInto("note").values({ text: "gone" }).execute();
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    const rows = await db.selectFrom("note").selectAll().execute();
    expect(rows.map(({ text }) => text)).toEqual(values);
    await close();
  });
});

describe("two servers on one folder", () => {
  it("are refused with the number of the other, in this process and another", async () => {
    const home = await temporary();
    const { close } = await openDatabase(home);
    await expect(openDatabase(home)).rejects.toMatchObject({
      code: "home_in_use",
      params: { pid: String(process.pid), home },
    });
    await close();
    const child = await holder(home);
    await expect(openDatabase(home)).rejects.toMatchObject({ params: { pid: String(child.pid) } });
    // However it ends, the folder is free again.
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await openDatabase(home)).close();
  });
});

describe("migrations", () => {
  it("run once, in the order of names, for features that come later too", async () => {
    const { db, close } = await openDatabase(await temporary());
    const ran: string[] = [];
    const feature = (name: string, ...steps: string[]): Openable => ({
      name,
      migrations: Object.fromEntries(
        steps.map((step) => [step, { up: async () => void ran.push(`${name}/${step}`) }]),
      ),
    });
    await migrate(db, [feature("b", "002", "001")]);
    await migrate(db, [feature("b", "002", "001", "003"), feature("a", "001"), { name: "c" }]);
    expect(ran).toEqual(["b/001", "b/002", "a/001", "b/003"]);
    await close();
  });

  it("are done whole or not at all", async () => {
    const home = await temporary();
    const broken: Openable = {
      name: "z",
      migrations: {
        "001": {
          async up(db: Kysely<unknown>) {
            await db.schema.createTable("half").addColumn("x", "text").execute();
            throw new Error("in the middle");
          },
        },
      },
    };
    const { db, close } = await openDatabase(home);
    await expect(migrate(db, [notes, broken])).rejects.toThrow("in the middle");
    const tables = await db.introspection.getTables();
    expect(tables.map(({ name }) => name)).toEqual([]);
    await close();
  });

  it("of a newer version are refused and left alone", async () => {
    const home = await temporary();
    const { db, close } = await openDatabase(home);
    const step = { up: async () => {} };
    await migrate(db, [{ ...notes, migrations: { ...notes.migrations, "999": step } }]);
    await expect(migrate(db, [notes])).rejects.toMatchObject({
      code: "storage_newer",
      params: { migration: "notes/999" },
    });
    const started = migrate(db, [notes], undefined, () => {});
    await expect(started).rejects.toMatchObject({ code: "storage_newer" });
    await close();
  });

  it("of a feature that was taken out stay as they are, and nothing is copied without them", async () => {
    const home = await temporary();
    const { db, close } = await openDatabase(home);
    const up = (at: Kysely<unknown>) =>
      at.schema.createTable("left").addColumn("x", "text").execute();
    await migrate(db, [notes, { name: "gone", migrations: { "001": { up } } }]);
    await db.insertInto("left").values({ x: "kept" }).execute();
    await expect(migrate(db, [notes])).rejects.toMatchObject({
      code: "storage_feature_gone",
      params: { features: "gone" },
    });
    const told: unknown[] = [];
    const step = { up: async () => {} };
    const grown = { ...notes, migrations: { ...notes.migrations, "002": step } };
    await migrate(db, [grown], undefined, (features) => told.push(...features));
    expect(told).toEqual(["gone"]);
    expect(await db.selectFrom("left").selectAll().execute()).toEqual([{ x: "kept" }]);
    expect(await executed(db)).toContain("notes/002");
    // It comes back, and finds what it had.
    await migrate(db, [grown, { name: "gone", migrations: { "001": { up } } }]);
    await close();
  });
});

describe("a bad disk", () => {
  it("with something else in the file is said so, and the file stays as it is", async () => {
    const home = await temporary();
    const path = join(home, "charla.db");
    const garbage = "this is not a database, it is a text that somebody put here\n".repeat(100);
    await writeFile(path, garbage);
    await expect(openDatabase(home)).rejects.toMatchObject({
      code: "storage_damaged",
      params: { path },
    });
    expect(await readFile(path, "utf8")).toBe(garbage);
    await rm(path);
    await (await openDatabase(home)).close();
  });

  it("with a file that was cut short is said so", async () => {
    const home = await temporary();
    const first = await openDatabase(home);
    await migrate(first.db, [notes]);
    const rows = Array.from({ length: 500 }, () => ({ text: "x".repeat(100) }));
    await first.db.insertInto("note").values(rows).execute();
    await first.close();
    await truncate(join(home, "charla.db"), 20_480);
    const reading = async () => {
      const { db, close } = await openDatabase(home);
      onTestFinished(close);
      await migrate(db, [notes]);
      return db.selectFrom("note").selectAll().execute();
    };
    await expect(reading()).rejects.toMatchObject({ code: "storage_damaged" });
  });

  it("with a file in the place of the folder is said so", async () => {
    const file = join(await temporary(), "file");
    await writeFile(file, "");
    await expect(openDatabase(file)).rejects.toMatchObject({ code: "storage_closed" });
    await expect(openDatabase(join(file, "below"))).rejects.toMatchObject({
      code: "storage_closed",
    });
  });

  it("that cannot hold the folder is said so, at once", async () => {
    const link = join(await temporary(), "link");
    await symlink(join(link, "nowhere"), link);
    const nowhere = join(await temporary(), "nowhere");
    await symlink("absent", nowhere);
    const homes = [link, join(link, "below"), nowhere, join(nowhere, "far", "below")];
    if (process.platform === "linux") homes.push("/proc/charla", "/proc/charla/below");
    for (const home of homes) {
      await expect(openDatabase(home)).rejects.toMatchObject({ code: "storage_closed" });
    }
  });

  it("that this user may not write to is said so", async () => {
    const home = await temporary();
    await chmod(home, 0o500);
    // Root may write everywhere, so it becomes nobody for a moment.
    const nobody = process.geteuid?.() === 0;
    if (nobody) process.seteuid?.(65534);
    try {
      await expect(openDatabase(home)).rejects.toMatchObject({
        code: expect.stringMatching(/^storage_(read_only|closed)$/),
        status: 503,
      });
    } finally {
      if (nobody) process.seteuid?.(0);
      await chmod(home, 0o700);
    }
  });

  it("that is read-only is said so", async ({ skip }) => {
    const at = await temporary();
    if (!mountDisk(at, "1024k")) return skip(NO_DISK);
    const { db, close } = await openDatabase(at);
    await migrate(db, [notes]);
    await close();
    remountDisk(at, "ro");
    for (const home of [at, join(at, "below")]) {
      await expect(openDatabase(home)).rejects.toMatchObject({
        code: expect.stringMatching(/^storage_(read_only|closed)$/),
      });
    }
  });

  it("that is full refuses what does not fit, keeps what did, and goes on after", async ({
    skip,
  }) => {
    const at = await temporary();
    if (!mountDisk(at, "1024k")) return skip(NO_DISK);
    const { db, close } = await openDatabase(at);
    await migrate(db, [notes]);
    const insert = (text: string) => db.insertInto("note").values({ text }).execute();
    const count = async () => (await db.selectFrom("note").select("text").execute()).length;
    let kept = 0;
    const fill = async () => {
      for (;;) {
        await insert("x".repeat(20_000));
        kept += 1;
      }
    };
    await expect(fill()).rejects.toMatchObject({ code: "storage_full", status: 507 });
    const inTransaction = db.transaction().execute(async (trx) => {
      for (let index = 0; index < 100; index++) {
        await trx
          .insertInto("note")
          .values({ text: "y".repeat(20_000) })
          .execute();
      }
    });
    await expect(inTransaction).rejects.toMatchObject({ code: "storage_full" });
    expect(kept).toBeGreaterThan(5);
    expect(await count()).toBe(kept);
    remountDisk(at, "size=8m");
    await insert("fits now");
    expect(await count()).toBe(kept + 1);
    await close();
    const again = await openDatabase(at);
    expect(await again.db.selectFrom("note").selectAll().execute()).toHaveLength(kept + 1);
    await again.close();
  });

  it("that is full when Charla starts is said so", async ({ skip }) => {
    const at = await temporary();
    if (!mountDisk(at, "64k")) return skip(NO_DISK);
    await writeFile(join(at, "ballast"), Buffer.alloc(64 * 1024)).catch(() => {});
    const opening = async () => {
      const { db, close } = await openDatabase(at);
      onTestFinished(close);
      await migrate(db, [notes]);
    };
    await expect(opening()).rejects.toMatchObject({
      code: expect.stringMatching(/^storage_(full|io_error)$/),
    });
  });
});
