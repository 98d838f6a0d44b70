/** What becomes of the chats of other products: each format as it really looks, and as it never should. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { describe, expect, onTestFinished, test } from "vitest";
import { conversation } from "../../../src/features/conversations/api.ts";
import type { Node } from "../../../src/features/conversations/foreign/chat.ts";
import { fold } from "../../../src/features/conversations/foreign/fold.ts";
import { formatOf } from "../../../src/features/conversations/foreign/index.ts";
import { unfold } from "../../../src/features/conversations/foreign/open-webui-text.ts";
import { type Found, readChats } from "../../../src/features/conversations/importing/read.ts";
import { openSource } from "../../../src/features/conversations/importing/source.ts";
import { takeOwn } from "../../../src/features/conversations/transfer.ts";
import * as exports from "../../fixtures/exports.ts";

async function read(bytes: Uint8Array | string, passed = 0): Promise<Found[]> {
  const home = await mkdtemp(join(tmpdir(), "charla-test-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const path = join(home, "file");
  await writeFile(path, bytes);
  await using source = await openSource({ path, bytes: Buffer.byteLength(bytes) });
  return await Array.fromAsync(readChats(source, passed));
}

const json = (value: unknown) => read(JSON.stringify(value));

async function first(value: unknown) {
  const [found] = await json(value);
  if (found?.type !== "chat") throw new Error(`no chat: ${JSON.stringify(found)}`);
  const { chat, lost, from, id } = found;
  expect(takeOwn(JSON.parse(JSON.stringify(chat)))).toBeDefined();
  const lines = chat.messages.map(({ role, content, parts = [], details, parentId }) => ({
    ...{ role, content, parts },
    model: details?.modelName,
    from: details?.imported?.from,
    above: chat.messages.findIndex((one) => one.id === parentId),
  }));
  return { chat, lost, from, id, lines };
}

test("ChatGPT: reasoning and tools become parts, branches stay, what is elsewhere is named", async () => {
  const { chat, lost, from, id, lines } = await first(exports.chatgpt);
  expect([from, id]).toEqual(["ChatGPT", "68a1-chatgpt"]);
  expect(chat).toMatchObject({
    ...{ title: "Recetas con setas", titleSource: "user", pinned: true },
    ...{ createdAt: "2025-08-24T01:46:40.123Z", updatedAt: "2025-08-24T01:53:20.500Z" },
    settings: { systemPrompt: "Vivo en Soria.\n\nContesta en español." },
    currentId: chat.messages.at(-1)?.id,
  });
  expect(lines).toEqual([
    {
      ...{ role: "user", content: "¿Qué seta es esta?\n\n📎 seta.jpg\n📎 guia.pdf", parts: [] },
      ...{ model: undefined, from: undefined, above: -1 },
    },
    {
      role: "assistant",
      content: "Es un boletus ([setas.example](https://setas.example/boletus)) de otoño.",
      parts: [
        { type: "reasoning", text: "**Miro el sombrero**\n\nEs pardo.", ms: 12_000 },
        { type: "call", id: "c1", name: "python", arguments: '{"input":"print(6 * 7)"}' },
        { type: "result", call: "c1", text: "42" },
      ],
      ...{ model: "gpt-5-thinking", from: "ChatGPT", above: 0 },
    },
    {
      ...{ role: "assistant", content: "No lo sé.", parts: [] },
      ...{ model: "gpt-4o", from: "ChatGPT", above: 0 },
    },
    {
      ...{ role: "user", content: "Escribe la receta y dibújala.", parts: [] },
      ...{ model: undefined, from: undefined, above: 1 },
    },
    {
      role: "assistant",
      content: "**Receta**\n\n# Boletus\n\nA la plancha.\n\n📎 image\n\nAquí la tienes.",
      parts: [{ type: "result", call: "", text: "Successfully created text document." }],
      ...{ model: "gpt-4o", from: "ChatGPT", above: 3 },
    },
  ]);
  expect(lost).toEqual([
    { kind: "folder", name: "g-p-cocina" },
    { kind: "image", name: "seta.jpg" },
    { kind: "file", name: "guia.pdf" },
    { kind: "image", name: "" },
  ]);
});

test("ChatGPT: the ZIP as it comes, in several files, with the names that pictures have in it", async () => {
  const [one, broken] = exports.chatgpt;
  const copy = { ...one, conversation_id: "two", title: "Zwei" };
  const found = await read(
    zipSync({
      "chat.html": strToU8("<html>"),
      "user.json": strToU8('{"id":"user-1"}'),
      "file-Dalle9-dibujo.webp": new Uint8Array(70_000),
      "conversations-000.json": strToU8(JSON.stringify([broken, one])),
      "conversations-001.json": strToU8(JSON.stringify([copy])),
      "__MACOSX/._conversations-000.json": strToU8("x"),
    }),
  );
  expect(found.map((one) => (one.type === "chat" ? one.id : one.lost))).toEqual([
    { kind: "chatBroken", name: "Sin mensajes" },
    "68a1-chatgpt",
    "two",
  ]);
  expect(found[1]).toMatchObject({
    lost: expect.arrayContaining([{ kind: "image", name: "dibujo.webp" }]),
  });
  const last = found.at(-1);
  expect(last?.done).toBe(last?.total);
});

test("Claude: blocks become parts, what was attached stays readable", async () => {
  const { chat, lost, from, id, lines } = await first(exports.claude);
  expect([from, id, chat.title]).toEqual(["Claude", "c1a0-claude", "Refactoring a parser"]);
  expect(lines.map(({ role, above }) => [role, above])).toEqual([
    ["user", -1],
    ["assistant", 0],
    ["assistant", 0],
  ]);
  expect(lines[0]?.content).toBe(
    "Please look at this.\n\n**parser.py**\n\n````\ndef f():\n  '''```'''\n````\n\n📎 diagram.png",
  );
  expect(lines[1]).toMatchObject({
    content: "It can be simpler.\n\n**parser.py**\n\n```python\nf = None\n```",
    parts: [
      { type: "reasoning", text: "The function does nothing.", ms: 3500 },
      { type: "call", id: "toolu_1", name: "web_search", arguments: '{"query":"pep 8"}' },
      { type: "result", call: "toolu_1", text: "PEP 8\nhttps://peps.example/8\n\nStyle." },
    ],
    from: "Claude",
  });
  expect(chat.currentId).toBe(chat.messages[2]?.id);
  expect(lost).toEqual([
    { kind: "image", name: "diagram.png" },
    { kind: "content", name: "hologram" },
  ]);
  const inProject = { ...exports.claude[0], project: { uuid: "p", name: "Parsers" } };
  const moved = await first([inProject]);
  expect(moved.chat).toMatchObject({ folder: "Parsers", folderId: null });
});

test("Claude: older exports without branches are one branch", async () => {
  const [one] = exports.claude;
  const chat_messages = one?.chat_messages
    .slice(0, 2)
    .map(({ parent_message_uuid: _, ...rest }) => rest);
  const { lines } = await first([{ ...one, chat_messages }]);
  expect(lines.map(({ above }) => above)).toEqual([-1, 0]);
});

test("Open WebUI: answers of several models, old and new ways of thoughts and tools", async () => {
  const { chat, lost, from, lines } = await first(exports.openWebui);
  expect(from).toBe("Open WebUI");
  expect(chat).toMatchObject({ pinned: true, settings: { systemPrompt: "Antworte kurz." } });
  expect(chat.createdAt).toBe("2023-11-14T22:13:20.000Z");
  expect(lines[0]?.content).toBe("Wie ist das Wetter?\n\n📎 plan.pdf");
  expect(lines.slice(1)).toMatchObject([
    {
      ...{ content: "Es sind 18 Grad.", model: "Llama 3.1", above: 0 },
      parts: [
        { type: "reasoning", text: "Ich frage nach.", ms: 7000 },
        { type: "call", id: "call_1", name: "weather", arguments: '{"city":"Köln"}' },
        { type: "result", call: "call_1", text: "18 °C" },
      ],
    },
    {
      ...{ content: "Warm.", model: "qwen3:4b", above: 0 },
      parts: [
        { type: "reasoning", text: "Kurz.", ms: 2000 },
        { type: "call", id: "call_2", name: "weather", arguments: '{"city":"Köln"}' },
        { type: "result", call: "call_2", text: "18" },
        { type: "citation", source: "https://wetter.example" },
      ],
    },
  ]);
  expect(lost).toEqual([
    { kind: "folder", name: "f1" },
    { kind: "tag", name: "wetter" },
    { kind: "file", name: "plan.pdf" },
  ]);
});

test("Open WebUI: markup within a block of code is what the chat is about", () => {
  const call = '<details type="tool_calls" name="x">\n<summary>y</summary>\n</details>';
  expect(unfold(`Look:\n\`\`\`html\n${call}\n\`\`\`\nSo.`)).toEqual({
    ...{ text: `Look:\n\`\`\`html\n${call}\n\`\`\`\nSo.`, parts: [] },
  });
  expect(unfold(`Before\n${call}\nAfter`)).toMatchObject({ text: "Before\n\nAfter" });
  expect(unfold('<details type="reasoning" never')).toEqual({
    ...{ text: '<details type="reasoning" never', parts: [] },
  });
});

test.each([
  ["one after the other", exports.librechat],
  ["nested", exports.librechatTree],
])("LibreChat: messages %s are the same chat", async (_, file) => {
  const { chat, lost, from, id, lines } = await first(file);
  expect([from, id, chat.title]).toEqual(["LibreChat", "lc-1", "Virtual environments"]);
  expect(chat.settings).toEqual({ systemPrompt: "You are an engineer." });
  expect(chat.createdAt).toBe("2024-05-01T16:35:11.530Z");
  expect(lines).toMatchObject([
    { role: "user", content: "How do I activate it?\n\n📎 error.png", above: -1 },
    {
      ...{ content: "source venv/bin/activate", model: "Software Engineer", above: 0 },
      parts: [
        { type: "reasoning", text: "They are on Linux." },
        { type: "call", id: "t1", name: "search", arguments: '{"q":"venv"}' },
        { type: "result", call: "t1", text: "docs" },
      ],
    },
    {
      ...{ content: "venv\\Scripts\\activate", above: 0 },
      parts: [{ type: "reasoning", text: "Or Windows?" }],
    },
  ]);
  expect(lost).toEqual([{ kind: "image", name: "error.png" }]);
});

test("LibreChat: several chats in a ZIP, and one of a thousand messages within each other", async () => {
  let deep: object = { messageId: "m999", isCreatedByUser: false, text: "last", children: [] };
  for (let at = 998; at >= 0; at -= 1)
    deep = { messageId: `m${at}`, isCreatedByUser: at % 2 === 0, text: `${at}`, children: [deep] };
  const long = { ...exports.librechatTree, conversationId: "long", messagesTree: [deep] };
  const files = {
    "a.json": strToU8(JSON.stringify(exports.librechat)),
    "b.json": strToU8(JSON.stringify(long)),
    "package.json": strToU8('{"name":"something else"}'),
  };
  const found = await read(zipSync(files));
  expect(found.map((one) => one.type === "chat" && [one.id, one.chat.messages.length])).toEqual([
    ["lc-1", 3],
    ["long", 1000],
  ]);
});

describe("what is no export", () => {
  const chat = { ...exports.claude[0] };
  test.each([
    ["", "import_not_whole"],
    ["%PDF-1.7", "import_not_whole"],
    ["{}", "import_foreign"],
    ["[]", "import_foreign"],
    ["null", "import_foreign"],
    ['[{"title":"x"},{"title":"y"}]', "import_foreign"],
    ['{"messages":[{"role":"user","content":"x"}]}', "import_foreign"],
    [JSON.stringify([chat]).slice(0, -20), "import_not_whole"],
    ["[".repeat(200_000), "import_foreign"],
    [`[${"[],".repeat(1_000_000)}`, "import_foreign"],
    ['{"format":"charla.conversations","version":2,"conversations":[]}', "import_newer"],
    [zipSync({ "a.txt": strToU8("x") }), "import_foreign"],
    [zipSync({ "conversations.json": strToU8("[1]") }).subarray(0, 60), "zip_broken"],
  ])("is refused: %#", async (bytes, code) => {
    await expect(read(bytes)).rejects.toMatchObject({ code });
  });

  test("an archive that unpacks without end is read no further than its chats may be", async () => {
    const bomb = zipSync({ "conversations.json": Buffer.alloc(40 * 2 ** 20, "x") }, { level: 1 });
    await expect(read(bomb)).rejects.toMatchObject({ code: "import_foreign" });
  });

  test("a chat that is too large is passed over, and named where its name is known", async () => {
    const large = { ...chat, uuid: "large", summary: "x".repeat(33 * 2 ** 20) };
    const found = await json([chat, large, { ...chat, uuid: "third" }]);
    expect(found.map((one) => (one.type === "chat" ? one.id : one.lost.kind))).toEqual([
      "c1a0-claude",
      "chatLarge",
      "third",
    ]);
    const messages = Array.from({ length: 5001 }, (_, at) => ({
      ...{ uuid: `m${at}`, sender: at % 2 === 0 ? "human" : "assistant", text: "x" },
    }));
    const [long] = await json([{ ...chat, chat_messages: messages }]);
    expect(long).toMatchObject({ type: "left", lost: { kind: "chatLarge", name: chat.name } });
  });
});

test("whatever stands in a chat, something of ours comes of it or nothing, never an error", async () => {
  const [one] = exports.chatgpt;
  const chats = [one, exports.claude[0], exports.openWebui[0], exports.librechat] as object[];
  const places = (value: unknown): (string | number)[][] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => [
          [key],
          ...places(inner).map((path) => [key, ...path]),
        ])
      : [];
  const all = chats.map((chat) => places(chat));
  await fc.assert(
    fc.property(fc.nat(3), fc.nat(), fc.jsonValue({ maxDepth: 2 }), (which, at, value) => {
      const chat = structuredClone(chats[which] ?? {});
      const paths = all[which] ?? [];
      const path = paths[at % paths.length] ?? [];
      // biome-ignore lint/suspicious/noExplicitAny: any place of any chat
      let place: any = chat;
      for (const key of path.slice(0, -1)) place = place[key];
      place[path.at(-1) ?? ""] = value;
      const format = formatOf(chat);
      if (!format) return;
      const made = fold(
        format.read(chat as never, () => undefined),
        format.product,
        new Date(),
      );
      const { snippet: _, ...file } = conversation.parse(made);
      expect(takeOwn(JSON.parse(JSON.stringify(file)))).toBeDefined();
    }),
    { numRuns: 400 },
  );
});

test("any tree of nodes becomes one of questions and answers in which all that was said is found", () => {
  const roles = fc.constantFrom("user", "assistant", undefined);
  const node = fc.record({
    role: roles,
    parent: fc.integer({ min: -2, max: 14 }),
    at: fc.option(fc.nat()),
  });
  fc.assert(
    fc.property(fc.array(node, { maxLength: 12 }), fc.nat(12), (drawn, current) => {
      const nodes = drawn.map(
        ({ role, parent, at }, index): Node => ({
          ...{ id: String(index), parent: String(parent), role, text: `<${index}>`, parts: [] },
          at: at ?? undefined,
        }),
      );
      const chat = fold(
        {
          ...{ id: "x", title: "", createdAt: undefined, updatedAt: undefined, pinned: false },
          ...{ systemPrompt: "", nodes, current: String(current), lost: [] },
        },
        "Test",
        new Date(),
      );
      if (!chat) throw new Error("too large");
      expect(takeOwn(JSON.parse(JSON.stringify(chat)))).toBeDefined();
      const said = new Set(chat.messages.flatMap(({ content }) => content.match(/<\d+>/g) ?? []));
      const spoken = nodes.filter(({ role }) => role).map(({ text }) => text);
      expect([...said].toSorted()).toEqual(spoken.toSorted());
    }),
  );
});

test("an answer that forks becomes two answers, each whole", () => {
  const node = (id: string, parent: string | undefined, role: Node["role"]): Node => ({
    ...{ id, parent, role, text: id, parts: [], at: undefined },
  });
  const nodes = [
    node("q", undefined, "user"),
    node("begin", "q", "assistant"),
    node("one", "begin", "assistant"),
    node("two", "begin", "assistant"),
    node("more", "two", "user"),
  ];
  const chat = fold(
    {
      ...{ id: "x", title: "", createdAt: 1, updatedAt: 1, pinned: false, systemPrompt: "" },
      ...{ nodes, current: "one", lost: [] },
    },
    "Test",
    new Date(),
  );
  const contents = chat?.messages.map(({ content }) => content);
  expect(contents?.toSorted()).toEqual(["begin\n\none", "begin\n\ntwo", "more", "q"]);
  const current = chat?.messages.find(({ id }) => id === chat.currentId);
  expect(current?.content).toBe("begin\n\none");
});
