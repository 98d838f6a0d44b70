/** Assistants: kept sealed, one's own alone, bounded, with versions, taken along, given out, erased. */
import type { Kysely } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import { assistants } from "../../../src/features/assistants/open.ts";
import { Store } from "../../../src/features/assistants/store.ts";
import { migrate } from "../../../src/storage/migrate.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { testHouse } from "../../fixtures/house.ts";
import { sealing } from "../../fixtures/vault.ts";
import { type Json, serve } from "../core/serve.ts";

const SETTINGS = { systemPrompt: "Correct my Galician.", model: "qwen", temperature: 0.2 };
const MADE = {
  ...{ name: "Proofreader", icon: "✍️", about: "Corrects and says why.", settings: SETTINGS },
  openings: ["Correct this letter:"],
};

async function opened() {
  const database = await freshDatabase([vaultTables, assistants]);
  const given = sealing(database);
  const feature = testHouse(given).open(assistants);
  const served = await serve(undefined, [assistants], [], given);
  onTestFinished(() => served[Symbol.asyncDispose]());
  const ask = async (method: string, path = "", body?: object) => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) };
    const reply = await fetch(`${served.url}/api/assistants${path}`, init);
    return [reply.status, JSON.parse((await reply.text()) || "{}") as Json] as const;
  };
  const store = new Store(database.db as never, given.vault, true);
  return { ...database, given, feature, ask, store };
}

const bare = (name: string) => ({ name, icon: "", about: "", openings: [], settings: {} });

test("are kept sealed, listed newest first, and deleted", async () => {
  const { db, ask } = await opened();
  const [status, made] = await ask("POST", "", { ...MADE, name: " Proofreader " });
  const nobody = { lent: false, lentTo: [], by: null };
  const first = { id: expect.any(String), version: 1, ...MADE, ...nobody };
  expect([status, made]).toEqual([200, first]);
  await ask("POST", "", { name: "Short", settings: { maxTokens: 50, thinking: "off" } });
  const [, { items, lending }] = await ask("GET");
  expect(items.map(({ name }: Json) => name)).toEqual(["Short", "Proofreader"]);
  expect(lending).toBe(false);
  const rows = await db
    .selectFrom("assistant" as never)
    .selectAll()
    .execute();
  expect(JSON.stringify(rows)).not.toMatch(/Galician|Proofreader|letter/);
  expect((await ask("DELETE", `/${made.id}`))[0]).toBe(204);
  expect((await ask("DELETE", `/${made.id}`))[1].error.code).toBe("assistant_not_found");
  expect((await ask("GET"))[1].items).toHaveLength(1);
});

test("take no name without a letter, no text without end, and nothing that is no setting", async () => {
  const { ask } = await opened();
  for (const body of [
    { name: " ", settings: {} },
    { name: "x".repeat(101), settings: {} },
    { name: "a", icon: "x".repeat(17), settings: {} },
    { name: "a", openings: Array.from({ length: 9 }, (_, n) => `${n}`), settings: {} },
    { name: "a", settings: { systemPrompt: "x".repeat(100_001) } },
    { name: "a", settings: { model: "x".repeat(1001) } },
    { name: "a", settings: { nested: { deep: true } } },
    { name: "a", settings: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, n])) },
  ])
    expect((await ask("POST", "", body))[0]).toBe(400);
});

test("are at most a hundred for each person", async () => {
  const { ask, store } = await opened();
  for (let n = 0; n < 100; n++) await store.add(SOLO.id, bare(`${n}`));
  await store.add("eva", bare("hers"));
  expect((await ask("POST", "", { name: "more", settings: {} }))[1].error).toMatchObject({
    code: "assistants_full",
    params: { limit: 100 },
  });
});

test("become a new version when they are changed, and keep what they were for a while", async () => {
  const { ask, store } = await opened();
  const [, { id }] = await ask("POST", "", MADE);
  // What is as before is no change.
  expect((await ask("PUT", `/${id}`, MADE))[1].version).toBe(1);
  const [, changed] = await ask("PUT", `/${id}`, { ...MADE, name: "Corrector" });
  expect(changed).toMatchObject({ id, version: 2, name: "Corrector" });
  const [, { items }] = await ask("GET", `/${id}/versions`);
  expect(items.map(({ version, name }: Json) => [version, name])).toEqual([
    [2, "Corrector"],
    [1, "Proofreader"],
  ]);
  expect(items[1]).toMatchObject({ ...MADE, changedAt: expect.stringMatching(/^20/) });
  for (let n = 0; n < 60; n++) await store.change(SOLO.id, id, bare(`${n}`));
  const kept = await store.versions(SOLO.id, id);
  expect([kept.length, kept[0]?.version, kept.at(-1)?.version]).toEqual([51, 62, 12]);
});

test("go into a file and come out of it, without the tools that it asks for", async () => {
  const { ask } = await opened();
  const settings = { ...SETTINGS, tools: ["calculator", "read_page"], collections: ["c"] };
  const [, { id }] = await ask("POST", "", { ...MADE, settings });
  const [, file] = await ask("GET", `/${id}/export`);
  const { collections: _, ...taken } = settings;
  expect(file).toEqual({ format: "charla.assistant", version: 1, ...MADE, settings: taken });
  const [status, came] = await ask("POST", "/import", file);
  expect(status).toBe(200);
  expect(came.tools).toEqual(["calculator", "read_page"]);
  expect(came.assistant).toMatchObject({ ...MADE, version: 1 });
  expect(came.assistant.settings).toEqual(SETTINGS);
  expect(came.assistant.id).not.toBe(id);
  expect((await ask("POST", "/import", { ...file, format: "other" }))[0]).toBe(400);
});

test("are what an earlier Charla has kept as settings under a name", async () => {
  const { migrations = {}, ...rest } = assistants;
  const { "001-presets": first } = migrations;
  if (!first) throw new TypeError("the first migration is gone");
  // The names under which that Charla has noted its tables.
  const presets = { name: "presets", migrations: { "001-presets": first } };
  const database = await freshDatabase([vaultTables, presets]);
  const { vault } = sealing(database);
  const sealer = await vault.of("eva");
  const sealed = sealer.seal(JSON.stringify({ name: "Old", settings: SETTINGS }), "preset/one");
  const db = database.db as unknown as Kysely<{
    preset: { id: string; owner: string; sealed: string };
  }>;
  await db.insertInto("preset").values({ id: "one", owner: "eva", sealed }).execute();
  await migrate(database.db, [vaultTables, { ...rest, migrations }]);
  const store = new Store(database.db as never, vault, true);
  const [old] = await store.of("eva");
  expect(old).toMatchObject({ id: "one", version: 1, lent: false });
  expect(old?.content).toEqual({ ...bare("Old"), settings: SETTINGS });
  expect(await store.change("eva", "one", bare("New"))).toMatchObject({ version: 2 });
});

test("are given out, given to another person, and erased; nobody touches another's", async () => {
  const { feature, ask, store } = await opened();
  const { rights } = feature;
  expect(await Array.fromAsync(rights?.collect(SOLO.id, "en") ?? [])).toEqual([]);
  const { id } = await store.add("eva", MADE);
  await store.change("eva", id, bare("Hers"));
  expect((await ask("DELETE", `/${id}`))[0]).toBe(404);
  expect((await ask("PUT", `/${id}`, MADE))[0]).toBe(404);
  expect((await ask("GET", `/${id}/versions`))[0]).toBe(404);
  await rights?.giveTo?.("eva", SOLO.id);
  const [file] = await Array.fromAsync(rights?.collect(SOLO.id, "en") ?? []);
  expect(JSON.parse(String(file?.content))).toMatchObject([
    { id, version: 2, name: "Hers", before: [{ version: 1, ...MADE }] },
  ]);
  expect(await store.of("eva")).toEqual([]);
  const erased = await rights?.erase(SOLO.id);
  expect(erased).toMatchObject([
    ...[{ what: "assistants", count: 1 }, { what: "assistant loans" }, { what: "saved prompts" }],
  ]);
  expect(await store.of(SOLO.id)).toEqual([]);
});
