/** A person's memory: off at first, kept sealed, edited, bounded, one's own, given out, given away, erased. */
import { expect, onTestFinished, test } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import { memory } from "../../../src/features/memory/open.ts";
import { Store } from "../../../src/features/memory/store.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { testHouse } from "../../fixtures/house.ts";
import { sealing } from "../../fixtures/vault.ts";
import { type Json, serve } from "../core/serve.ts";

const NURSE = "I am a nurse in Valencia.";

async function opened() {
  const database = await freshDatabase([vaultTables, memory]);
  const given = sealing(database);
  const { rights } = testHouse(given).open(memory);
  const served = await serve(undefined, [memory], [], given);
  onTestFinished(() => served[Symbol.asyncDispose]());
  const ask = async (method: string, path = "", body?: object) => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) };
    const reply = await fetch(`${served.url}/api/memory${path}`, init);
    return [reply.status, JSON.parse((await reply.text()) || "{}") as Json] as const;
  };
  const store = new Store(database.db as never, given.vault, async ({ text }) => text);
  return { ...database, rights, ask, store };
}

test("is off at first, and keeps nothing until its person switches it on", async () => {
  const { ask, store } = await opened();
  expect(await ask("GET")).toEqual([200, { active: false, items: [], most: 100, longest: 300 }]);
  const [status, { error }] = await ask("POST", "/facts", { text: NURSE });
  expect([status, error.code]).toEqual([409, "memory_off"]);
  expect(error.hint).not.toBe("");
  expect((await ask("PUT", "", { active: true }))[1]).toMatchObject({ active: true, items: [] });
  await ask("POST", "/facts", { text: NURSE });
  expect(await store.told(SOLO.id)).toMatchObject([{ text: NURSE }]);
  expect(await store.told("eva")).toEqual([]);
  // Off again keeps what is there, to be seen, edited and erased.
  expect((await ask("PUT", "", { active: false }))[1].items).toMatchObject([{ text: NURSE }]);
  expect(await store.told(SOLO.id)).toEqual([]);
});

test("keeps facts sealed, a line each and each once, to be edited and deleted", async () => {
  const { db, ask, store } = await opened();
  await ask("PUT", "", { active: true });
  const [, made] = await ask("POST", "/facts", { text: " I am\na nurse\u2028in\u0007Valencia. " });
  expect(made).toMatchObject({ text: NURSE, by: "person", addedAt: made.changedAt });
  expect((await ask("POST", "/facts", { text: NURSE }))[1]).toEqual(made);
  const rows = await db
    .selectFrom("memory_fact" as never)
    .selectAll()
    .execute();
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toMatch(/nurse|Valencia/);

  const proposed = await store.add(SOLO.id, "Likes tea.", "model");
  const [, edited] = await ask("PUT", `/facts/${proposed.id}`, { text: "I like tea." });
  expect(edited).toMatchObject({ text: "I like tea.", by: "person", addedAt: proposed.addedAt });
  expect((await ask("GET"))[1].items).toEqual([made, edited]);
  expect((await ask("DELETE", `/facts/${made.id}`))[0]).toBe(204);
  expect((await ask("DELETE", `/facts/${made.id}`))[1].error.code).toBe("memory_fact_not_found");
  expect((await ask("PUT", "/facts/none", { text: NURSE }))[0]).toBe(404);
  for (const text of ["", " \n", "x".repeat(301), 3, "\u0001"])
    expect((await ask("POST", "/facts", { text }))[0]).toBe(400);
  expect((await ask("GET"))[1].items).toEqual([edited]);
});

test("holds a hundred facts, of which nobody else sees or changes any", async () => {
  const { ask, store } = await opened();
  await store.switch("eva", true);
  const { id } = await store.add("eva", NURSE, "person");
  await ask("PUT", "", { active: true });
  expect((await ask("PUT", `/facts/${id}`, { text: "Mine" }))[0]).toBe(404);
  expect((await ask("DELETE", `/facts/${id}`))[0]).toBe(404);
  for (let n = 0; n < 100; n++) await store.add(SOLO.id, `Fact ${n}`, "person");
  expect((await ask("POST", "/facts", { text: "One more" }))[1].error).toMatchObject({
    ...{ code: "memory_full", params: { most: 100 } },
  });
  expect(await store.facts("eva")).toMatchObject([{ id, text: NURSE }]);
});

test("is given out, given to another person, and erased", async () => {
  const { db, store, rights } = await opened();
  expect(await Array.fromAsync(rights?.collect(SOLO.id, "en") ?? [])).toEqual([]);
  await store.switch(SOLO.id, true);
  await store.add(SOLO.id, NURSE, "person");
  const [file] = await Array.fromAsync(rights?.collect(SOLO.id, "en") ?? []);
  expect(file?.path).toBe("memory/memory.json");
  expect(JSON.parse(String(file?.content))).toMatchObject({
    ...{ active: true, facts: [{ text: NURSE, by: "person" }] },
  });
  await rights?.giveTo?.(SOLO.id, "eva");
  expect(await store.told("eva")).toMatchObject([{ text: NURSE }]);
  expect(await store.facts(SOLO.id)).toEqual([]);
  // Who has switched theirs off keeps it off.
  await store.switch("leo", false);
  await rights?.giveTo?.("eva", "leo");
  expect(await store.told("leo")).toEqual([]);
  expect(await store.facts("leo")).toMatchObject([{ text: NURSE }]);
  expect(await rights?.erase("leo")).toMatchObject([{ what: "facts in the memory", count: 1 }]);
  for (const table of ["memory", "memory_fact"])
    expect(
      await db
        .selectFrom(table as never)
        .selectAll()
        .execute(),
    ).toEqual([]);
});
