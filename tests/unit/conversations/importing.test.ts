/** An import as a job: what is taken, what is said of the rest, and what comes twice. */
import { readdir, readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterEach, expect, test } from "vitest";
import type { Conversation, ImportSeen } from "../../../src/features/conversations/api.ts";
import * as exports from "../../fixtures/exports.ts";
import { serveTemporarily, until } from "./home.ts";
import type { TestServer } from "./server.ts";

let server: TestServer;
afterEach(() => server?.stop());

const PATH = "/api/conversations/imports";

async function send(file: unknown, name = "chats.json", person?: string): Promise<ImportSeen> {
  const body = file instanceof Uint8Array ? file : JSON.stringify(file);
  const reply = await server.call("POST", `${PATH}?name=${name}`, body, person);
  expect(reply.status).toBe(200);
  return reply.body;
}

const ended = (id: string, person?: string) =>
  until(async (): Promise<ImportSeen | undefined> => {
    const { body } = await server.call("GET", `${PATH}/${id}`, undefined, person);
    return ["done", "failed", "cancelled"].includes(body.state) ? body : undefined;
  });

const bring = async (file: unknown, name?: string) => ended((await send(file, name)).id);

/** By title. */
async function chats(): Promise<Conversation[]> {
  const archived = (await server.call("GET", "/api/conversations?archived=true")).body.items;
  const ids: { id: string }[] = [...(await server.list()), ...archived];
  const all = await Promise.all(ids.map(({ id }) => server.read(id)));
  return all.toSorted((one, two) => (one.title < two.title ? -1 : 1));
}

test("chats of every product come in, with a report of what has no place", async () => {
  server = await serveTemporarily();
  const all = [exports.chatgpt, exports.claude, exports.openWebui, exports.librechat];
  const said: ImportSeen[] = [];
  for (const file of all) said.push(await bring(file));
  expect(
    said.map(({ state, report }) => [state, ...report.from, report.added, report.left]),
  ).toEqual([
    ["done", "ChatGPT", 1, 1],
    ["done", "Claude", 1, 0],
    ["done", "Open WebUI", 1, 0],
    ["done", "LibreChat", 1, 0],
  ]);
  const list = await chats();
  const titles = [
    "Recetas con setas",
    "Refactoring a parser",
    "Virtual environments",
    "Zwei Modelle",
  ];
  expect(list.map(({ title }) => title)).toEqual(titles);
  expect(list.filter(({ archived }) => archived).map(({ title }) => title)).toEqual([titles[3]]);
  const [recipes] = list;
  expect(said[0]).toMatchObject({ name: "chats.json", error: null });
  expect(said[0]?.report).toMatchObject({ messages: 5, lostCount: 5, known: 0, renewed: 0 });
  expect(said[0]?.report.lost).toContainEqual({
    ...{ kind: "image", name: "seta.jpg" },
    chat: { id: recipes?.id, title: "Recetas con setas" },
  });
  expect(said[0]?.report.lost).toContainEqual({
    kind: "chatBroken",
    name: "Sin mensajes",
    chat: null,
  });
  // Who looks at it sees who wrote it, and can go on with it here.
  const answer = recipes?.messages[1];
  expect(answer?.details).toEqual({
    ...{ model: "gpt-5-thinking", modelName: "gpt-5-thinking", imported: { from: "ChatGPT" } },
  });
  const id = recipes?.id ?? "";
  await server.ended(id, (await server.ask(id, "¿Y con ajo?", recipes?.currentId)).answer.id);
  expect(server.logged).toEqual([]);
});

test("a file that comes twice doubles nothing; a chat that has grown takes its own place", async () => {
  server = await serveTemporarily();
  await bring(exports.claude);
  expect((await bring(exports.claude)).report).toMatchObject({ added: 0, known: 1, messages: 0 });
  const [first] = await chats();
  await server.call("PATCH", `/api/conversations/${first?.id}`, { pinned: true });

  const [one] = exports.claude;
  const grown = (uuid: string) => {
    const more = { uuid, sender: "human", text: uuid, parent_message_uuid: "m2" };
    return [{ ...one, chat_messages: [...(one?.chat_messages ?? []), more] }];
  };
  expect((await bring(grown("thanks"))).report).toMatchObject({ added: 0, renewed: 1 });
  const [second, ...none] = await chats();
  expect([second?.messages.length, second?.pinned, none]).toEqual([4, true, []]);

  // With this one somebody has gone on here: it stays, and the other stands beside it.
  const id = second?.id ?? "";
  await server.ended(id, (await server.ask(id, "mine", null)).answer.id);
  expect((await bring(grown("other"))).report).toMatchObject({ added: 1, renewed: 0 });
  expect((await chats()).map(({ messages }) => messages.length).toSorted()).toEqual([4, 6]);

  // What was deleted may come again.
  for (const { id } of await chats()) await server.call("DELETE", `/api/conversations/${id}`);
  expect((await bring(exports.claude)).report).toMatchObject({ added: 1, known: 0 });
});

test("Charla's own file is one of them, and nobody else wrote its answers", async () => {
  server = await serveTemporarily();
  const { id } = await server.create();
  await server.ended(id, (await server.ask(id, "¿Qué tal?")).answer.id);
  const file = (await server.call("GET", "/api/conversations/export")).body;
  await server.call("DELETE", `/api/conversations/${id}`);
  expect((await bring(file)).report).toMatchObject({ from: ["Charla"], added: 1 });
  expect((await bring(file)).report).toMatchObject({ from: ["Charla"], known: 1 });
  const [copy] = await chats();
  expect(copy?.messages[1]?.details).toMatchObject({ model: "scripted" });
  expect(copy?.messages[1]?.details?.imported).toBeUndefined();
});

test("what is wrong with a file is said of it, and of nobody else's", async () => {
  server = await serveTemporarily();
  const pdf = await bring(new TextEncoder().encode("%PDF-1.7"), "letter.pdf");
  expect(pdf).toMatchObject({ state: "failed", error: { code: "import_not_whole" } });
  const other = await bring([{ hello: "world" }]);
  expect(other).toMatchObject({ state: "failed", error: { code: "import_foreign" } });
  expect((await server.call("GET", `${PATH}/${pdf.id}`, undefined, "eva")).status).toBe(404);
  expect((await server.call("GET", `${PATH}/none`)).body.error.code).toBe("job_not_found");
  const large = await server.call("POST", PATH, "x", undefined);
  expect(large.status).toBe(200);
  await ended(large.body.id);
  expect(await chats()).toEqual([]);
});

test("a file waits sealed, and is gone when its chats are here", async () => {
  server = await serveTemporarily();
  const many = Array.from({ length: 60 }, (_, at) => ({
    ...exports.claude[0],
    ...{ uuid: `chat ${at}`, name: `Marmalade ${at}`, summary: "marmalade ".repeat(20_000) },
  }));
  const zip = zipSync({ "data/conversations.json": strToU8(JSON.stringify(many)) }, { level: 0 });
  const { id } = await send(zip, "claude.zip");
  const folder = join(server.home, "imports");
  const waiting = await readdir(folder);
  for (const name of waiting) {
    const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0));
    expect(bytes.includes("armalade")).toBe(false);
  }
  const { state, report, done, total } = await ended(id);
  expect([state, report.added, done]).toEqual(["done", 60, total]);
  expect(await readdir(folder)).toEqual([]);
});

test("cancelled, it keeps what was taken, and goes on behind that", async () => {
  server = await serveTemporarily();
  const many = Array.from({ length: 400 }, (_, at) => ({
    ...exports.librechat,
    ...{ conversationId: `${at}`, title: `${at}` },
  }));
  const { id } = await send(many);
  await until(async () => {
    const { body } = await server.call("GET", `${PATH}/${id}`);
    return body.report.added > 0 || undefined;
  });
  const cancelled = await server.jobs.cancel("solo", id);
  const { report } = await ended(id);
  const stored = async () =>
    (await server.call("GET", "/api/conversations/export")).body.conversations;
  // On a quick machine it was done before.
  expect(["cancelled", "done"]).toContain(cancelled.state);
  expect(await stored()).toHaveLength(report.added);
  await server.jobs.resume("solo", id).catch((thrown) => expect(thrown.code).toBe("job_done"));
  expect((await ended(id)).report).toMatchObject({ added: 400, known: 0 });
  expect(await stored()).toHaveLength(400);
});

test("a file that nobody goes on with is removed after a day", async () => {
  server = await serveTemporarily();
  const { id } = await bring([{ hello: "world" }]);
  const folder = join(server.home, "imports");
  const [name = ""] = await readdir(folder);
  const sweep = () => Promise.all((server.feature.every ?? []).map((one) => one.run()));
  await sweep();
  expect(await readdir(folder)).toEqual([name]);
  const old = new Date(Date.now() - 25 * 3_600_000);
  await utimes(join(folder, name), old, old);
  await sweep();
  expect(await readdir(folder)).toEqual([]);
  await server.jobs.resume("solo", id);
  expect(await ended(id)).toMatchObject({ state: "failed", error: { code: "import_gone" } });
});
