/** `charla backup`, `restore` and `migrate-database` as a person at the terminal sees them. */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CLI, charla, ended, printed, serve, start, temporary } from "../../fixtures/charla.ts";
import { onPostgres, urlOf } from "../../fixtures/databases.ts";

/** The settings that find the data of a folder. */
async function settings(home = temporary()): Promise<Record<string, string>> {
  const url = await urlOf(home);
  return { CHARLA_HOME: home, CHARLA_DRAIN_SECONDS: "0", ...(url && { CHARLA_DATABASE_URL: url }) };
}

const at = "2026-11-23T09:00:00.000Z";

/** A file to import, with one chat of so many messages. */
function chatOf(title: string, count: number) {
  const messages = Array.from({ length: count }, (_, index) => ({
    id: `m${index}`,
    parentId: index === 0 ? null : `m${index - 1}`,
    role: index % 2 ? "assistant" : "user",
    content: `${title} ${index}`,
    ...{ createdAt: at, status: "done", details: null, error: null },
  }));
  const one = { id: "c", title, titleSource: "user", pinned: false, createdAt: at, updatedAt: at };
  const whole = { ...one, settings: {}, currentId: messages.at(-1)?.id ?? null, messages };
  return { format: "charla.conversations", version: 1, exportedAt: at, conversations: [whole] };
}

/** Runs the server for as long as somebody does something with it. */
async function during<Result>(
  env: Record<string, string>,
  work: (
    titles: () => Promise<string[]>,
    add: (title: string, count?: number) => Promise<void>,
  ) => Promise<Result>,
): Promise<Result> {
  const { child, url } = await serve(["--port", "0"], { env });
  const titles = async () => {
    const reply = await fetch(`${url}/api/conversations`);
    const { items } = (await reply.json()) as { items: { title: string }[] };
    return items.map(({ title }) => title);
  };
  const add = async (title: string, count = 4) => {
    const body = JSON.stringify(chatOf(title, count));
    const reply = await fetch(`${url}/api/conversations/import`, { method: "POST", body });
    expect(reply.status).toBe(200);
  };
  const result = await work(titles, add);
  child.kill("SIGTERM");
  await once(child, "exit");
  return result;
}

// Each starts several programs, one after the other.
describe("a backup in the terminal", { timeout: 120_000 }, () => {
  it("is made while the server runs, and put back when it does not", async () => {
    const env = await settings();
    const file = join(temporary(), "charla.backup");
    await during(env, async (_, add) => {
      await add("first");
      const made = await charla(["backup", file, "--json"], { env });
      expect(made).toMatchObject({ code: 0 });
      expect(JSON.parse(made.stdout).tables.message.rows).toBe(4);
      await add("second");
      const early = await charla(["restore", file, "--replace"], { env });
      expect(early).toMatchObject({ code: 1, stdout: "" });
      expect(early.stderr).toContain("is already using the data folder");
    });
    const refused = await charla(["restore", file], { env: { ...env, LANG: "es" } });
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/La base de datos .* ya tiene datos\.\n→ .*--replace/);
    const restored = await charla(["restore", file, "--replace"], { env });
    expect(restored.stdout).toMatch(/^Restored: \d+ rows of \d+ tables, as they were on /);
    expect(restored.code).toBe(0);
    await during(env, async (titles) => expect(await titles()).toEqual(["first"]));
  });

  it("does not bring back who was erased since then", async () => {
    const env = await settings();
    const file = join(temporary(), "charla.backup");
    await during(env, async (_, add) => {
      await add("erased");
      expect((await charla(["backup", file], { env })).code).toBe(0);
    });
    expect((await charla(["erase-person", "--yes"], { env })).code).toBe(0);
    expect(await charla(["restore", file, "--replace"], { env })).toMatchObject({ code: 0 });
    await during(env, async (titles) => expect(await titles()).toEqual([]));
    expect(readdirSync(env.CHARLA_HOME ?? "")).not.toContain("restored.txt");
  });

  it("leaves no half file when it is stopped, and says so", async () => {
    const env = await settings();
    const folder = temporary();
    await during(env, (_, add) => add("long", 4000));
    const args = [CLI, "backup", join(folder, "charla.backup")];
    const child = start(process.execPath, args, { env, input: "" });
    const end = ended(child);
    await printed(child, /Copying 10 %/);
    child.kill("SIGINT");
    const { code, stderr } = await end;
    expect(stderr).toContain("Stopped: nothing was changed.");
    expect(code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});

// From a file to a file there is nothing to move.
if (onPostgres()) {
  it("everything moves from the file to PostgreSQL", { timeout: 120_000 }, async () => {
    const home = temporary();
    const { CHARLA_DATABASE_URL, ...file } = await settings(home);
    await during(file, (_, add) => add("moved"));
    const nowhere = await charla(["migrate-database"], { env: file });
    expect(nowhere.stderr).toContain("Nothing says which PostgreSQL database to move to.");
    const to = ["--from", home, "--to", CHARLA_DATABASE_URL ?? ""];
    const moved = await charla(["migrate-database", ...to], { env: { CHARLA_HOME: temporary() } });
    expect(moved.stdout).toMatch(/^Moved: \d+ rows of \d+ tables\. Set CHARLA_DATABASE_URL/);
    await during(await settings(home), async (titles) => expect(await titles()).toEqual(["moved"]));
    const again = await charla(["migrate-database", ...to], { env: file });
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toContain("already holds data");
  });
}
