/** Everything of a person goes: what all of storage is searched for is nowhere afterwards. */
import { appendFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { charla } from "../../fixtures/charla.ts";
import { urlOf } from "../../fixtures/databases.ts";
import type { Json } from "../core/serve.ts";
import { type Product, places, rows, start, temporaryHome } from "./product.ts";

const SECRET = "Hortensia-Quintanilla-7731";
const ERASE = { confirm: "ERASE" };

/** Says the secret wherever a person can say something: question, answer, title, system prompt. */
async function fill(product: Product): Promise<readonly string[]> {
  const settings = { systemPrompt: `You are the aunt of ${SECRET}.` };
  const chat = await product.json("POST", "/api/conversations", { settings });
  await product.ask(chat.id, `Where does ${SECRET} live? ${"Tell me all. ".repeat(300)}`);
  await product.ask(chat.id, `And the sister of ${SECRET}?`);
  await product.json("PATCH", `/api/conversations/${chat.id}`, { title: `About ${SECRET}` });
  const gone = await product.json("POST", "/api/conversations", {});
  await product.ask(gone.id, `A chat about ${SECRET} that is deleted.`);
  await product.json("DELETE", `/api/conversations/${gone.id}`);
  await product.json("POST", "/api/conversations/search", { q: SECRET });
  return [chat.id, gone.id];
}

/** What is stored of the chats: sealed texts, and ids. The keys of the installation stay. */
async function traces(home: string, chats: readonly string[]): Promise<string[]> {
  const messages = await rows(home, "select id, content from message where content <> ''");
  const keys = await rows(home, "select wrapped from person_key where person = 'solo'");
  const sealed = [...messages.map(({ content }) => content), ...keys.map(({ wrapped }) => wrapped)];
  // A part from the middle of each, for where pages of the file cut the rest off.
  const parts = sealed.map((text: string) => text.slice(20, 60));
  return [...chats, ...messages.map(({ id }) => id), ...parts];
}

test("after an erasure nothing of it is in any file or table, also when the server has ended", async () => {
  const home = await temporaryHome();
  const product = await start(home, { engines: only(scripted()) });
  const chats = await fill(product);
  const all = [SECRET, ...(await traces(home, chats))];
  expect(all.length).toBeGreaterThan(10);
  // The search would find them.
  expect((await places(home, all)).length).toBeGreaterThan(10);

  const report = await product.json("POST", "/api/rights/erase", ERASE);
  expect(report.erased).toContainEqual(
    expect.objectContaining({ what: "conversations", count: 2 }),
  );
  expect(report.erased).toContainEqual(expect.objectContaining({ what: "messages", count: 6 }));
  const backups = report.kept.find(({ what }: Json) => what === "backups");
  expect(backups).toMatchObject({
    words: { en: "Backups", es: "Copias de seguridad" },
    why: { en: expect.stringContaining("restored"), es: expect.stringContaining("restaura") },
  });
  expect(Date.parse(backups.until)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  expect(report.kept).toContainEqual(expect.objectContaining({ what: "acts" }));

  expect(await places(home, all)).toEqual([]);
  expect((await product.json("GET", "/api/conversations")).items).toEqual([]);
  expect(product.logged.join()).not.toContain(SECRET);
  const { items } = await product.json("GET", "/api/audit?subject=solo");
  expect(items.map(({ act }: Json) => act)).toEqual(["person.erased", "person.erasure.begun"]);

  // Who was erased can begin anew, and that stays.
  const fresh = await product.json("POST", "/api/conversations", {});
  await product.ask(fresh.id, "Hello again");
  await product.stop();
  expect(await places(home, all)).toEqual([]);
  const again = await start(home, { engines: only(scripted()) });
  expect((await again.json("GET", "/api/conversations")).items).toHaveLength(1);
});

test("an answer that is being written is stopped, and nothing of it comes after", async () => {
  const home = await temporaryHome();
  const engine = scripted({ tokenMs: 5, reply: () => `${SECRET} `.repeat(2000) });
  const product = await start(home, { engines: only(engine) });
  const chat = await product.json("POST", "/api/conversations", {});
  const body = { content: `Write of ${SECRET}.`, parentId: null };
  await product.json("POST", `/api/conversations/${chat.id}/turns`, body);
  await product.json("POST", "/api/rights/erase", ERASE);
  expect(await places(home, [SECRET, chat.id])).toEqual([]);
  await product.stop();
  expect(await places(home, [SECRET, chat.id])).toEqual([]);
});

test("nothing is erased without the word, and others' words are refused", async () => {
  const product = await start(await temporaryHome(), { engines: only(scripted()) });
  await fill(product);
  for (const body of [{}, { confirm: "" }, { confirm: "erase" }, { confirm: true }]) {
    expect((await product.send("POST", "/api/rights/erase", body)).status).toBe(400);
  }
  const other = await product.send("POST", "/api/rights/people/solo/erase", { confirm: "leo" });
  expect(await other.json()).toMatchObject({ error: { code: "not_confirmed" } });
  expect((await product.json("GET", "/api/conversations")).items).toHaveLength(1);
  // In Spanish it is the other word; spaces around it are nobody's mistake.
  await product.json("POST", "/api/rights/erase", { confirm: " ELIMINAR " });
  expect((await product.json("GET", "/api/conversations")).items).toHaveLength(0);
});

test("an erasure that was cut off is finished at the next start", async () => {
  const home = await temporaryHome();
  const first = await start(home, { engines: only(scripted()) });
  const chats = await fill(first);
  const all = await traces(home, chats);
  await first.stop();
  // As the crash of a machine leaves it: the mark is there, with half of another line after it.
  const mark = { person: "solo", at: new Date().toISOString() };
  await appendFile(join(home, "erased.jsonl"), `${JSON.stringify(mark)}\n{"person":"so`);
  const second = await start(home, { engines: only(scripted()) });
  expect((await second.json("GET", "/api/conversations")).items).toEqual([]);
  expect(await places(home, all)).toEqual([]);
  const fresh = await second.json("POST", "/api/conversations", {});
  await second.stop();
  const third = await start(home, { engines: only(scripted()) });
  expect((await third.json("GET", `/api/conversations/${fresh.id}`)).id).toBe(fresh.id);
});

test("charla erase-person and export-person work without a server", async () => {
  const home = await temporaryHome();
  const product = await start(home, { engines: only(scripted()) });
  const chats = await fill(product);
  await product.stop();
  const all = await traces(home, chats);
  const url = await urlOf(home);
  const env = { CHARLA_HOME: home, ...(url !== undefined && { CHARLA_DATABASE_URL: url }) };
  const out = join(home, "..", `${chats[0]}.zip`);
  const written = await charla(["export-person", "--out", out], { env });
  expect(written).toMatchObject({ code: 0, stdout: `Written: ${out}\n` });
  expect((await readFile(out)).subarray(0, 2).toString()).toBe("PK");
  await rm(out);

  const refused = await charla(["erase-person"], { env });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("--yes");
  expect(await places(home, all)).not.toEqual([]);

  const erased = await charla(["erase-person", "--yes"], { env: { ...env, LANG: "es_ES" } });
  expect(erased.code).toBe(0);
  expect(erased.stdout).toContain("Eliminado: Chats: 2.");
  expect(erased.stdout).toMatch(/No eliminado: Copias de seguridad .* Hasta el/);
  expect(await places(home, all)).toEqual([]);
});
