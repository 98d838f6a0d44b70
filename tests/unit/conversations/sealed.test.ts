/** What people write stands nowhere in clear: in no file, in no row, also not what is older than that. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, it } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import type { Vault } from "../../../src/core/vault.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { conversations } from "../../../src/features/conversations/open.ts";
import { migrations } from "../../../src/features/conversations/tables.ts";
import { type Database, migrate } from "../../../src/storage/index.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { onPostgres, openAt } from "../../fixtures/databases.ts";
import { testHouse } from "../../fixtures/house.ts";
import { sealing } from "../../fixtures/vault.ts";
import { temporaryHome, until } from "./home.ts";
import { serve } from "./server.ts";

const SEED = "Xochimilco-7f3a";

/** Files and rows in which the seed can be read. */
async function findSeed(home: string, db?: Database): Promise<string[]> {
  const files = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const found = files.filter((file) => {
    const bytes = readFileSync(file);
    return ["utf8", "utf16le", "base64"].some((encoding) =>
      bytes.includes(Buffer.from(SEED, encoding as "utf8")),
    );
  });
  for (const { name } of (await db?.introspection.getTables()) ?? []) {
    const { rows } = await sql<object>`select * from ${sql.table(name)}`.execute(db as Database);
    if (JSON.stringify(rows).includes(SEED)) found.push(name);
  }
  return found;
}

it("holds for questions, answers, titles, system prompts, errors and imports", async () => {
  const home = await temporaryHome();
  const broken = scripted({ tokenMs: 1, reply: () => `${SEED} `.repeat(300) });
  const server = await serve(home, {
    ...broken,
    async *generate(request) {
      yield* broken.generate(request);
      throw new Error(`no ${SEED}`);
    },
  });
  const { id } = await server.create({ systemPrompt: SEED });
  const { answer } = await server.ask(id, `What is ${SEED}?`);
  await until(async () => {
    const row = await server.db.selectFrom("message").select("content").execute();
    // An interim state is stored by now.
    return row.some(({ content }) => content.length > 200) || undefined;
  });
  expect(await findSeed(home, server.db)).toEqual([]);
  await server.ended(id, answer.id);
  await server.call("PATCH", `/api/conversations/${id}`, { title: SEED });
  const file = (await server.call("GET", `/api/conversations/${id}/export`)).body;
  expect(JSON.stringify(file)).toContain(SEED);
  expect((await server.call("POST", "/api/conversations/import", file)).status).toBe(200);
  expect(await findSeed(home, server.db)).toEqual([]);
  expect(await server.search(SEED.toUpperCase())).toHaveLength(2);
  await server.stop();
  expect(await findSeed(home)).toEqual([]);
  expect(server.logged.join()).not.toContain(SEED);
});

/** A database as Charla left it when it stored texts in clear: 450 messages, some changed and gone. */
async function earlier(home: string): Promise<void> {
  const { db, close } = await openAt(home);
  const { "001-tables": tables } = migrations;
  await migrate(db, [{ name: "conversations", migrations: { "001-tables": tables as never } }]);
  const at = "2026-01-02T03:04:05.678Z";
  for (const name of ["one", "two", "three"]) {
    const settings = JSON.stringify({ systemPrompt: `You are ${SEED}.` });
    const dates = { created_at: at, updated_at: at, deleted_at: null };
    const title = `${SEED} ${name}`;
    const texts = { title, title_source: "user", folded: title.toLowerCase(), settings };
    const row = { id: name, ...texts, pinned: 0, current_id: `${name}-149`, ...dates };
    await db.insertInto("conversation").values(row).execute();
    const rows = Array.from({ length: 150 }, (_, index) => {
      // Some longer than a page of the file.
      const content = `${SEED} ${index} `.repeat(index % 7 === 0 ? 600 : 3);
      return {
        ...{ id: `${name}-${index}`, conversation_id: name, position: index },
        parent_id: index === 0 ? null : `${name}-${index - 1}`,
        ...{ role: index % 2 === 0 ? "user" : "assistant", content, folded: content.toLowerCase() },
        ...{ created_at: at, status: "done", details: JSON.stringify({ model: SEED }) },
        error: index === 3 ? JSON.stringify({ message: SEED }) : null,
      };
    });
    await db.insertInto("message").values(rows).execute();
  }
  await db
    .updateTable("message")
    .set({ content: `shorter ${SEED}` })
    .where("id", "=", "one-7")
    .execute();
  await db.deleteFrom("conversation").where("id", "=", "three").execute();
  await close();
}

it("comes true for what an earlier Charla has stored, however often that is cut off", async () => {
  const home = await temporaryHome();
  await earlier(home);
  if (!onPostgres()) expect(await findSeed(home)).not.toEqual([]);

  // The key cannot be had: first never, then after a while, then at the very end.
  for (const calls of [0, 1, 2, 3]) {
    const opened = await openAt(home);
    const sealed = sealing(opened);
    let left = calls;
    const vault: Vault = {
      async of(person) {
        if (left-- === 0) throw new Error("pulled the plug");
        return sealed.vault.of(person);
      },
      destroy: async () => {},
    };
    await migrate(opened.db, [vaultTables, conversations]);
    const feature = testHouse({ ...sealed, vault, log: () => {} }).open(conversations);
    await expect(feature.start?.()).rejects.toThrow("pulled the plug");
    await opened.close();
  }

  const server = await serve(home);
  expect(await findSeed(home, server.db)).toEqual([]);
  const one = await server.read("one");
  expect(one).toMatchObject({
    ...{ title: `${SEED} one`, titleSource: "user", currentId: "one-149" },
    settings: { systemPrompt: `You are ${SEED}.` },
  });
  expect(one.messages).toHaveLength(150);
  expect(one.messages[14]?.content).toBe(`${SEED} 14 `.repeat(600));
  expect(one.messages[7]?.content).toBe(`shorter ${SEED}`);
  expect(one.messages[3]).toMatchObject({ details: { model: SEED }, error: { message: SEED } });
  expect(await server.search(SEED)).toHaveLength(2);
  await server.stop();
  expect(await findSeed(home)).toEqual([]);
  // Once is enough.
  const again = await serve(home);
  expect(again.logged).toEqual([]);
  expect((await again.read("two")).messages).toHaveLength(150);
  await again.stop();
});

it("is bound to its place: what is moved in the database cannot be read", async () => {
  const server = await serve(await temporaryHome());
  const { id } = await server.create();
  const { question, answer } = await server.ask(id, "hello");
  await server.ended(id, answer.id);
  const { content } = await server.db
    .selectFrom("message")
    .select("content")
    .where("id", "=", question.id)
    .executeTakeFirstOrThrow();
  await server.db.updateTable("message").set({ content }).where("id", "=", answer.id).execute();
  const reply = await server.call("GET", `/api/conversations/${id}`);
  expect(reply).toMatchObject({ status: 500, body: { error: { code: "text_unreadable" } } });
  await server.stop();
});

it("goes with the person: erased, nothing is left and others keep theirs", async () => {
  const home = await temporaryHome();
  const endless = scripted({ tokenMs: 2, reply: () => `${SEED} `.repeat(100_000) });
  const server = await serve(home, endless);
  const as = async (person: string) => {
    const { id } = (await server.call("POST", "/api/conversations", {}, person)).body;
    const body = { content: `I am ${person}, ${SEED}`, parentId: null };
    await server.call("POST", `/api/conversations/${id}/turns`, body, person);
    return `/api/conversations/${id}`;
  };
  const [hers, his] = [await as("ana"), await as("leo")];
  await server.call("POST", `${hers}/support`, { hours: 1, reason: SEED }, "ana");
  // What she deleted a moment ago is hers as well.
  await server.call("DELETE", await as("ana"), undefined, "ana");

  const files = await Array.fromAsync(server.feature.rights?.collect("ana", "es") ?? []);
  expect(files.map(({ path }) => path.replace(/[\da-f-]{36}/, "ID")).sort()).toEqual(
    ["ID.json", "ID.json", "ID.md", "ID.md", "shared.json"].map((name) => `conversations/${name}`),
  );
  for (const { content } of files) expect(content).toContain(SEED);

  const erased = await server.feature.rights?.erase("ana");
  expect(erased).toMatchObject([
    { what: "conversations", count: 2 },
    { what: "messages", count: 4 },
    { what: "folders", count: 0 },
    { what: "shares", count: 0 },
    { what: "grants", count: 1 },
  ]);
  const none = await server.feature.rights?.erase("ana");
  expect(none?.map(({ count }) => count)).toEqual([0, 0, 0, 0, 0]);
  expect((await server.call("GET", hers, undefined, "ana")).status).toBe(404);
  expect(await Array.fromAsync(server.feature.rights?.collect("ana", "en") ?? [])).toEqual([]);
  const rows = await server.db.selectFrom("conversation").select("owner").execute();
  expect(rows).toEqual([{ owner: "leo" }]);
  const [question, answer] = (await server.call("GET", his, undefined, "leo")).body.messages;
  expect(question.content).toBe(`I am leo, ${SEED}`);
  await server.call("POST", `${his}/messages/${answer.id}/stop`, undefined, "leo");
  await server.stop();
  expect(server.logged).toEqual([]);
});

it("is given whole to the account that takes an installation over", async () => {
  const reply = () => "<think>Somebody greets.</think>Hello to you.";
  const server = await serve(await temporaryHome(), scripted({ tokenMs: 1, reply }));
  const { id } = await server.create({ systemPrompt: "Be brief." });
  const { answer } = await server.ask(id, "hello");
  await server.ended(id, answer.id);
  await server.call("POST", `/api/conversations/${id}/support`, { hours: 1, reason: SEED });
  const before = await server.read(id);
  expect(before.messages[1]?.parts).toMatchObject([{ text: "Somebody greets." }]);
  await server.feature.rights?.giveTo?.(SOLO.id, "ana");
  await server.feature.rights?.giveTo?.(SOLO.id, "ana");
  expect((await server.call("GET", `/api/conversations/${id}`)).status).toBe(404);
  const after = (await server.call("GET", `/api/conversations/${id}`, undefined, "ana")).body;
  expect({ ...after, title: "", titleSource: "" }).toEqual({
    ...before,
    title: "",
    titleSource: "",
  });
  await server.vault.destroy(SOLO.id);
  const { grants } = (await server.call("GET", "/api/sharing", undefined, "ana")).body;
  expect(grants).toMatchObject([{ reason: SEED }]);
  expect((await server.call("GET", `/api/conversations/${id}`, undefined, "ana")).status).toBe(200);
  await server.stop();
});
