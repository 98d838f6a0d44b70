/** Instructions for all chats: stored sealed, said where they are active, given out, given away, erased. */
import { expect, onTestFinished, test } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import { instructions } from "../../../src/features/instructions/open.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { testHouse } from "../../fixtures/house.ts";
import { sealing } from "../../fixtures/vault.ts";
import { type Json, serve } from "../core/serve.ts";

const SAID = "Answer in Galician, and call me Xoán.";

async function opened() {
  const database = await freshDatabase([vaultTables, instructions]);
  const given = sealing(database);
  const feature = testHouse(given).open(instructions);
  const served = await serve(undefined, [instructions], [], given);
  onTestFinished(() => served[Symbol.asyncDispose]());
  const put = async (body: object) => {
    const init = { method: "PUT", body: JSON.stringify(body) };
    const reply = await fetch(`${served.url}/api/instructions`, init);
    return [reply.status, (await reply.json()) as Json] as const;
  };
  return { ...database, feature, served, put };
}

test("are kept sealed, and said in chats while they are active", async () => {
  const { db, feature, served, put } = await opened();
  expect(await served.json("/api/instructions")).toEqual({ text: "", active: true });
  expect(await feature.beginning?.(SOLO.id)).toBeUndefined();
  expect(await put({ text: SAID, active: true })).toEqual([200, { text: SAID, active: true }]);
  expect(await feature.beginning?.(SOLO.id)).toBe(SAID);
  expect(await feature.beginning?.("eva")).toBeUndefined();
  const rows = await db
    .selectFrom("instructions" as never)
    .selectAll()
    .execute();
  expect(JSON.stringify(rows)).not.toContain("Galician");
  await put({ text: SAID, active: false });
  expect(await feature.beginning?.(SOLO.id)).toBeUndefined();
  expect(await served.json("/api/instructions")).toEqual({ text: SAID, active: false });
  await put({ text: " \n", active: true });
  expect(await feature.beginning?.(SOLO.id)).toBeUndefined();
  const [status, { error }] = await put({ text: "x".repeat(10_001), active: true });
  expect([status, error.param]).toEqual([400, "text"]);
});

test("are given out, given to another person, and erased", async () => {
  const { db, feature, put } = await opened();
  const { rights } = feature;
  expect(await Array.fromAsync(rights?.collect(SOLO.id, "en") ?? [])).toEqual([]);
  await put({ text: SAID, active: true });
  const [file] = await Array.fromAsync(rights?.collect(SOLO.id, "en") ?? []);
  expect(JSON.parse(String(file?.content))).toEqual({ text: SAID, active: true });
  await rights?.giveTo?.(SOLO.id, "eva");
  expect(await feature.beginning?.("eva")).toBe(SAID);
  expect(await feature.beginning?.(SOLO.id)).toBeUndefined();
  // Who has some keeps them.
  await put({ text: "others", active: true });
  await rights?.giveTo?.(SOLO.id, "eva");
  expect(await feature.beginning?.("eva")).toBe(SAID);
  expect(await rights?.erase("eva")).toMatchObject([{ what: "instructions", count: 1 }]);
  expect(
    await db
      .selectFrom("instructions" as never)
      .selectAll()
      .execute(),
  ).toEqual([]);
});
