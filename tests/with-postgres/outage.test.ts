/**
 * A PostgreSQL server that falls silent, is taken by another, or cannot be used at all. No password is
 * told to anybody.
 */
import { inspect } from "node:util";
import { sql } from "kysely";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDatabase } from "../../src/storage/index.ts";
import { openPostgres } from "../../src/storage/postgres.ts";
import { createPostgres, temporary } from "../fixtures/databases.ts";
import "../fixtures/on-postgres.ts";
import { proxy } from "./proxy.ts";

const SECRET = "hunter2-hunter2";

/** Waits for something that happens on its own; the test's time limit is the only limit. */
async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("a network", () => {
  it("that only falls silent is noticed, also by those who wait", async () => {
    const network = await proxy(await createPostgres());
    const log: string[] = [];
    const { db, close } = await openPostgres(network.url, {
      lock: true,
      log: (line) => log.push(line),
      beatMs: 100,
    });
    onTestFinished(close);
    const one = () => sql<{ one: number }>`select 1 as one`.execute(db);
    expect((await one()).rows).toEqual([{ one: 1 }]);
    network.silence();
    await expect(one()).rejects.toMatchObject({ code: "storage_unreachable", retryable: true });
    network.cut();
    network.mend();
    await until(() =>
      one().then(
        () => true,
        () => false,
      ),
    );
    expect(log.map((line) => line.split(" ").slice(-2).join(" "))).toEqual(["is gone", "is back"]);
  });

  it("that breaks gives the database up to another server that takes it, until that one ends", async () => {
    const direct = await createPostgres();
    const network = await proxy(direct);
    const first = await openDatabase(await temporary(), network.url);
    onTestFinished(() => first.close());
    const busy = openDatabase(await temporary(), direct);
    await expect(busy).rejects.toMatchObject({ code: "database_in_use", retryable: false });
    network.cut();
    // The second waits for the first one's connection to end.
    const second = await openDatabase(await temporary(), direct);
    network.mend();
    const ask = () => sql`select 1`.execute(first.db);
    const code = () =>
      ask().then(
        () => "none",
        (thrown) => thrown.code,
      );
    await until(async () => (await code()) === "database_in_use");
    await second.close();
    await until(async () => (await code()) === "none");
  });
});

describe("a server that cannot be used", () => {
  const open = async (change: (url: URL) => void): Promise<unknown> => {
    const url = new URL(await createPostgres());
    url.password = SECRET;
    change(url);
    return openDatabase(await temporary(), url.href).then(
      ({ close }) => close(),
      (thrown) => thrown,
    );
  };

  it.each<[string, string, (url: URL) => void]>([
    ["is not there", "storage_unreachable", (url) => (url.port = "1")],
    ["has a name that nobody knows", "storage_unreachable", (url) => (url.hostname = "db.invalid")],
    ["has no such database", "storage_refused", (url) => (url.pathname = "/charla_nowhere")],
    ["has no such user", "storage_refused", (url) => (url.username = "charla_nobody")],
  ])("because it %s is told as %s, without the password", async (_, code, change) => {
    const error = await open(change);
    expect(error).toMatchObject({ code });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
    expect(JSON.stringify(error)).not.toContain(SECRET);
  });
});
