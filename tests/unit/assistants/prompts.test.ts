/** Saved prompts: kept sealed under a name that is there once, changed, bounded, given out, erased. */
import { expect, onTestFinished, test } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import { assistants } from "../../../src/features/assistants/open.ts";
import { Prompts } from "../../../src/features/assistants/prompts.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { testHouse } from "../../fixtures/house.ts";
import { sealing } from "../../fixtures/vault.ts";
import { type Json, serve } from "../core/serve.ts";

const LETTER = { name: "letter", text: "Write a letter to {{whom}} about {{what}}." };

async function opened() {
  const database = await freshDatabase([vaultTables, assistants]);
  const given = sealing(database);
  const { rights } = testHouse(given).open(assistants);
  const served = await serve(undefined, [assistants], [], given);
  onTestFinished(() => served[Symbol.asyncDispose]());
  const ask = async (method: string, path = "", body?: object) => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) };
    const reply = await fetch(`${served.url}/api/saved-prompts${path}`, init);
    return [reply.status, JSON.parse((await reply.text()) || "{}") as Json] as const;
  };
  return { ...database, rights, ask, prompts: new Prompts(database.db as never, given.vault) };
}

test("are kept sealed under a name that is there once, changed and deleted", async () => {
  const { db, ask } = await opened();
  const [, made] = await ask("POST", "", LETTER);
  expect(made).toEqual({ id: expect.any(String), ...LETTER });
  await ask("POST", "", { name: "Agenda", text: "Plan my day." });
  expect((await ask("GET"))[1].items.map(({ name }: Json) => name)).toEqual(["Agenda", "letter"]);
  const rows = await db
    .selectFrom("assistant_prompt" as never)
    .selectAll()
    .execute();
  expect(JSON.stringify(rows)).not.toMatch(/letter|Agenda|day/);
  const taken = await ask("POST", "", { ...LETTER, name: "Letter" });
  expect(taken[1].error.code).toBe("saved_prompt_name_taken");
  const renamed = { name: "LETTER", text: "Short." };
  expect((await ask("PUT", `/${made.id}`, renamed))[1]).toEqual({ id: made.id, ...renamed });
  expect((await ask("PUT", `/${made.id}`, { name: "agenda", text: "x" }))[0]).toBe(409);
  expect((await ask("PUT", "/none", LETTER))[0]).toBe(404);
  expect((await ask("DELETE", `/${made.id}`))[0]).toBe(204);
  expect((await ask("DELETE", `/${made.id}`))[0]).toBe(404);
  for (const body of [
    { name: " ", text: "x" },
    { name: "x", text: " " },
    { name: "x".repeat(61), text: "x" },
    { name: "x", text: "x".repeat(20_001) },
  ])
    expect((await ask("POST", "", body))[0]).toBe(400);
});

test("are at most two hundred, one's own, given to another person, and erased", async () => {
  const { ask, prompts, rights } = await opened();
  const { id } = await prompts.add("eva", LETTER);
  expect((await ask("PUT", `/${id}`, LETTER))[0]).toBe(404);
  expect((await ask("DELETE", `/${id}`))[0]).toBe(404);
  await rights?.giveTo?.("eva", SOLO.id);
  expect(await prompts.of(SOLO.id)).toEqual([{ id, ...LETTER }]);
  const [file] = await Array.fromAsync(rights?.collect(SOLO.id, "en") ?? []);
  expect(file?.path).toBe("assistants/prompts.json");
  for (let n = 1; n < 200; n++) await prompts.add(SOLO.id, { name: `${n}`, text: "x" });
  expect((await ask("POST", "", { name: "more", text: "x" }))[1].error).toMatchObject({
    code: "saved_prompts_full",
    params: { limit: 200 },
  });
  expect(await rights?.erase(SOLO.id)).toMatchObject([
    ...[{}, {}, { what: "saved prompts", count: 200 }],
  ]);
  expect(await prompts.of(SOLO.id)).toEqual([]);
});
