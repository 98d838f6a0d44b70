/** Saved settings: kept sealed, one's own alone, bounded, given out, given away, erased. */
import { expect, onTestFinished, test } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import { presets } from "../../../src/features/presets/open.ts";
import { Store } from "../../../src/features/presets/store.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { testHouse } from "../../fixtures/house.ts";
import { sealing } from "../../fixtures/vault.ts";
import { type Json, serve } from "../core/serve.ts";

const SETTINGS = { systemPrompt: "Correct my Galician.", model: "qwen", temperature: 0.2 };

async function opened() {
  const database = await freshDatabase([vaultTables, presets]);
  const given = sealing(database);
  const feature = testHouse(given).open(presets);
  const served = await serve(undefined, [presets], [], given);
  onTestFinished(() => served[Symbol.asyncDispose]());
  const ask = async (method: string, path = "", body?: object) => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) };
    const reply = await fetch(`${served.url}/api/presets${path}`, init);
    return [reply.status, JSON.parse((await reply.text()) || "{}") as Json] as const;
  };
  const store = new Store(database.db as never, given.vault);
  return { ...database, feature, ask, store };
}

test("are kept sealed under a name, listed newest first, and deleted", async () => {
  const { db, ask } = await opened();
  const [status, made] = await ask("POST", "", { name: " Proofreader ", settings: SETTINGS });
  expect([status, made]).toEqual([
    200,
    { id: expect.any(String), name: "Proofreader", settings: SETTINGS },
  ]);
  await ask("POST", "", { name: "Short", settings: { maxTokens: 50, thinking: "off" } });
  const [, { items }] = await ask("GET");
  expect(items.map(({ name }: Json) => name)).toEqual(["Short", "Proofreader"]);
  const rows = await db
    .selectFrom("preset" as never)
    .selectAll()
    .execute();
  expect(JSON.stringify(rows)).not.toMatch(/Galician|Proofreader/);
  expect((await ask("DELETE", `/${made.id}`))[0]).toBe(204);
  expect((await ask("DELETE", `/${made.id}`))[1].error.code).toBe("preset_not_found");
  expect((await ask("GET"))[1].items).toHaveLength(1);
});

test("take no name without a letter, no text without end, and nothing that is no setting", async () => {
  const { ask } = await opened();
  for (const body of [
    { name: " ", settings: {} },
    { name: "x".repeat(101), settings: {} },
    { name: "a", settings: { systemPrompt: "x".repeat(100_001) } },
    { name: "a", settings: { model: "x".repeat(1001) } },
    { name: "a", settings: { nested: { deep: true } } },
    { name: "a", settings: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, n])) },
  ])
    expect((await ask("POST", "", body))[0]).toBe(400);
});

test("are at most a hundred for each person", async () => {
  const { ask, store } = await opened();
  for (let n = 0; n < 100; n++) await store.add(SOLO.id, { name: `${n}`, settings: {} });
  await store.add("eva", { name: "hers", settings: {} });
  expect((await ask("POST", "", { name: "more", settings: {} }))[1].error).toMatchObject({
    code: "too_many_presets",
    params: { limit: 100 },
  });
});

test("are given out, given to another person, and erased; nobody deletes another's", async () => {
  const { feature, ask, store } = await opened();
  const { rights } = feature;
  expect(await Array.fromAsync(rights?.collect(SOLO.id, "en") ?? [])).toEqual([]);
  const { id } = await store.add("eva", { name: "Hers", settings: SETTINGS });
  expect((await ask("DELETE", `/${id}`))[0]).toBe(404);
  await rights?.giveTo?.("eva", SOLO.id);
  const [file] = await Array.fromAsync(rights?.collect(SOLO.id, "en") ?? []);
  expect(JSON.parse(String(file?.content))).toEqual([{ id, name: "Hers", settings: SETTINGS }]);
  expect(await store.of("eva")).toEqual([]);
  expect(await rights?.erase(SOLO.id)).toMatchObject([{ what: "presets", count: 1 }]);
  expect(await store.of(SOLO.id)).toEqual([]);
});
