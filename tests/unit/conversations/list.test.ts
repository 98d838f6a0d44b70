/** The list: titles, search, paging, deletion, and what may not come in. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { fold, matches, words } from "../../../src/core/folded.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { snippet } from "../../../src/features/conversations/search.ts";
import { cleanTitle, firstWords, sane } from "../../../src/features/conversations/titles.ts";
import { serveTemporarily, temporaryHome, until } from "./home.ts";
import { serve, type TestServer } from "./server.ts";

let server: TestServer;
afterEach(() => server?.stop());

async function chat(...contents: string[]): Promise<string> {
  const { id } = await server.create();
  let parent: string | null = null;
  for (const content of contents) {
    const { answer } = await server.ask(id, content, parent);
    await server.ended(id, answer.id);
    parent = answer.id;
  }
  return id;
}

describe("titles", () => {
  const titling = (title: string) =>
    scripted({
      reply: (messages) => (messages.at(-1)?.content.startsWith("Write a title") ? title : "Claro"),
    });

  it("are the first words at once, and then the model's own", async () => {
    server = await serveTemporarily(titling('**"Recetas con garbanzos"**'));
    const { id } = await server.create();
    const { answer } = await server.ask(id, "Dime recetas con garbanzos\u0000".slice(0, -1));
    const { title, titleSource } = await server.read(id);
    if (titleSource === "first-words") expect(title).toBe("Dime recetas con garbanzos");
    await server.ended(id, answer.id);
    const [named] = await until(async () => {
      const list = await server.list();
      return list[0]?.titleSource === "model" ? list : undefined;
    });
    expect(named?.title).toBe("Recetas con garbanzos");
  });

  it("are not the starter model's: its chats keep the first words", async () => {
    const engine = titling("Recetas con garbanzos");
    const asked: string[] = [];
    server = await serveTemporarily({
      ...engine,
      card: { ...engine.card, starter: true },
      generate(request) {
        asked.push(request.messages.at(-1)?.content ?? "");
        return engine.generate(request);
      },
    });
    const { id } = await server.create();
    const { answer } = await server.ask(id, "Dime recetas con garbanzos");
    await server.ended(id, answer.id);
    // Waits for what is being named.
    await server.stop();
    expect(asked).toEqual(["Dime recetas con garbanzos"]);
  });

  it("stay the user's own", async () => {
    server = await serveTemporarily(titling("Recetas con garbanzos"));
    const { id } = await server.create();
    const path = `/api/conversations/${id}`;
    const { body } = await server.call("PATCH", path, { title: "  Mi\u202Ecocina\n\tde hoy " });
    expect(body).toMatchObject({ title: "Micocina de hoy", titleSource: "user" });
    await server.ended(id, (await server.ask(id, "recetas con garbanzos")).answer.id);
    await server.ended(id, (await server.ask(id, "recetas con arroz")).answer.id);
    expect(await server.read(id)).toMatchObject({ title: "Micocina de hoy", titleSource: "user" });
    const empty = await server.call("PATCH", path, { title: "\u202E\n" });
    expect([empty.status, empty.body.error.code]).toEqual([400, "invalid_value"]);
  });

  it("are one clean line of at most 80 characters, from any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        for (const title of [cleanTitle(text), firstWords(text)]) {
          expect(title.length).toBeLessThanOrEqual(80);
          expect(title).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069\u2028\u2029]/u);
          expect(title.isWellFormed()).toBe(true);
          expect(cleanTitle(title)).toBe(title);
        }
      }),
    );
  });

  it("of the model are taken only if they are titles", () => {
    const said = "Which planets have rings? Saturn has rings, and so do others.";
    expect(sane('"Planets with Rings"', said)).toBe("Planets with Rings");
    expect(sane("Title: Rings of Saturn.", said)).toBe("Rings of Saturn");
    expect(sane("Rings", said)).toBeNull();
    expect(sane("A recipe for soup", said)).toBeNull();
    expect(sane("Planets with rings\nThere are four of them", said)).toBeNull();
    expect(sane(`Planets ${"and ".repeat(30)}`, said)).toBeNull();
    expect(sane("", said)).toBeNull();
  });
});

describe("search", () => {
  it("finds by words without accents and case, in titles and texts, with the place", async () => {
    server = await serveTemporarily();
    const song = await chat("Escríbeme una CANCIÓN sobre el otoño");
    await chat("What is a prime number?");
    for (const query of ["cancion", "Canción", "otono cancion", "ESCRI"]) {
      const found = await server.search(query);
      expect(found.map(({ id }) => id)).toEqual([song]);
    }
    const [found] = await server.search("cancion");
    expect(found?.snippet).toContain("\uE000CANCIÓN\uE001");
    expect(await server.search("cancion prime")).toEqual([]);
  });

  it("tells which message it is, when it was written, and how many chats there are", async () => {
    server = await serveTemporarily();
    const chats = [await chat("first lentils", "more lentils"), await chat("lentils again")];
    await chat("something else");
    const search = async (body: object) =>
      (await server.call("POST", "/api/conversations/search", body)).body;
    const first = await search({ q: "lentils", limit: 1 });
    expect(first).toMatchObject({ total: 2, items: [{ id: chats[1] }] });
    const second = await search({ q: "lentils", limit: 1, cursor: first.nextCursor });
    expect(second.total).toBeUndefined();
    expect(second.nextCursor).toBeNull();
    const { messages } = await server.read(chats[0] as string);
    const newest = messages.findLast(({ content }) => content.includes("lentils"));
    expect(second.items[0].hit).toEqual({
      messageId: newest?.id,
      createdAt: newest?.createdAt,
    });
    await server.call("PATCH", `/api/conversations/${chats[0]}`, { title: "Pulses" });
    expect(await search({ q: "pulses" })).toMatchObject({ total: 1, items: [{ hit: null }] });
    expect((await server.call("GET", "/api/conversations")).body.total).toBeUndefined();
  });

  it("marks every word wherever it stands", () => {
    expect(snippet("Question 77 is no question", words("question 77"))).toBe(
      "\uE000Question\uE001 \uE00077\uE001 is no \uE000question\uE001",
    );
    const shown = (text: string, query: string) =>
      matches(text, words(query)).map(([from, to]) => text.slice(from, to));
    expect(shown("La CANCIÓN, otra cancio\u0301n", "cancion")).toEqual([
      "CANCIÓN",
      "cancio\u0301n",
    ]);
    expect(shown("abcabc", "abc bca")).toEqual(["abcabc"]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ maxLength: 5 }), (text, query) => {
        const found = matches(text, words(query));
        for (const [at, [from, to]] of found.entries()) {
          expect(from).toBeLessThan(to);
          expect(from).toBeGreaterThanOrEqual(found[at - 1]?.[1] ?? 0);
        }
        if (query.trim() && !/\s/.test(query.trim()) && fold(text).includes(fold(query.trim())))
          expect(found.length).toBeGreaterThan(0);
      }),
    );
  });

  it("takes every character as it is", async () => {
    server = await serveTemporarily();
    const percent = await chat("100% of 'a_b' \\ \"quoted\" * (x) -- ; OR");
    await chat("nothing of that");
    for (const query of ["100%", "a_b", "\\", '"quoted"', "*", "(x)", "--", "'a_b'"]) {
      const found = await server.search(query);
      expect(found.map(({ id }) => id)).toEqual([percent]);
    }
    expect(await server.search("a%b")).toEqual([]);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 1000 }), async (query) => {
        const reply = await server.call("POST", "/api/conversations/search", { q: query });
        expect(reply.status).toBe(query.includes("\0") ? 400 : 200);
      }),
      { numRuns: 60 },
    );
    const many = [..."abcdefghijklmnopqrstuvwxyz0123456789"].flatMap((a) =>
      [..."abcdefghi"].map((b) => a + b),
    );
    expect(await server.search(many.slice(0, 300).join(" "))).toEqual([]);
  });

  it("takes a query of any number of words", async () => {
    server = await serveTemporarily();
    const many = Array.from({ length: 500 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join(" ");
    expect(await server.search(many)).toEqual([]);
  });

  it("shows the match in its surroundings, whatever folding does to lengths", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 150 }),
        fc.constantFrom("Canción", "ﬁn", "e\u0301tat", "Ａ"),
        fc.string({ unit: "binary", maxLength: 150 }),
        (before, needle, after) => {
          const text = `${before} ${needle} ${after}`;
          const found = snippet(text, words(needle));
          expect(found).not.toBeNull();
          const match = /\uE000(.*)\uE001/su.exec(found ?? "")?.[1] ?? "";
          expect(fold(found ?? "").length).toBeLessThan(400);
          expect(fold(match)).toContain(words(needle)[0]);
        },
      ),
    );
    // Lengths that folding changes twice, so that the sum is the same.
    expect(snippet("\u{1E130} Canción 각", ["cancion"])).toContain("\uE000Canción\uE001");
    expect(snippet("at 5 ㏂", ["a.m."])).toContain("\uE000㏂\uE001");
    expect(snippet("nothing", ["here"])).toBeNull();
    // Far behind characters that folding makes longer, shorter, or leaves; on every border.
    for (let shift = 0; shift < 8; shift++) {
      const before = "x".repeat(shift) + "\u{1D400}é㏂각\u{1E130}e\u0301z".repeat(3000);
      const found = snippet(`${before} Canción fin`, ["cancion"]);
      expect(found?.endsWith(" \uE000Canción\uE001 fin")).toBe(true);
    }
    expect(snippet("el ﬁn del mundo", ["mundo"])).toBe("el ﬁn del \uE000mundo\uE001");
  });
});

describe("the list", () => {
  it("has pinned ones first, then the newest, page by page", async () => {
    server = await serveTemporarily();
    const all: string[] = [];
    for (let index = 0; index < 7; index++) {
      all.unshift((await server.create()).id);
      // Of two in the same millisecond neither is the newer one.
      await sleep(2);
    }
    for (const index of [5, 2]) {
      await server.call("PATCH", `/api/conversations/${all[index]}`, { pinned: true });
    }
    const wanted = [2, 5, 0, 1, 3, 4, 6].map((index) => all[index]);
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await server.call("GET", `/api/conversations?limit=2${query}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(wanted);
    const wrong = await server.call("GET", "/api/conversations?cursor=abc");
    expect([wrong.status, wrong.body.error.param]).toEqual([400, "cursor"]);
  });

  it("goes to the newest leaf below the message that is chosen", async () => {
    server = await serveTemporarily();
    const id = await chat("one", "two");
    const [first, , , leaf] = (await server.read(id)).messages;
    const edit = await server.ask(id, "other");
    await server.ended(id, edit.answer.id);
    const path = `/api/conversations/${id}`;
    const { body } = await server.call("PATCH", path, { currentId: first?.id });
    expect(body.currentId).toBe(leaf?.id);
    expect((await server.read(id)).currentId).toBe(leaf?.id);
    const settings = { temperature: 0.1, systemPrompt: "Hola" };
    expect((await server.call("PATCH", path, { settings })).body.settings).toEqual(settings);
  });
});

describe("deleting", () => {
  it("can be undone, and after ten minutes nothing is left on the disk", async () => {
    const home = await temporaryHome();
    server = await serve(home);
    const id = await chat("a very peculiar sentence: xylophone marmalade");
    const path = `/api/conversations/${id}`;
    expect((await server.call("DELETE", path)).status).toBe(204);
    expect(await server.list()).toEqual([]);
    expect(await server.search("xylophone")).toEqual([]);
    for (const [method, at] of [
      ["GET", path],
      ["DELETE", path],
      ["GET", `${path}/export`],
    ] as const) {
      expect((await server.call(method, at)).body.error.code).toBe("conversation_not_found");
    }
    const turn = { content: "x", parentId: null };
    expect((await server.call("POST", `${path}/turns`, turn)).status).toBe(404);
    expect((await server.call("POST", `${path}/restore`)).body).toMatchObject({ id });
    expect(await server.list()).toHaveLength(1);

    await server.call("DELETE", path);
    const long = new Date(Date.now() - 11 * 60_000).toISOString();
    await server.db.updateTable("conversation").set({ deleted_at: long }).execute();
    expect((await server.call("POST", `${path}/restore`)).status).toBe(404);
    await server.stop();
    server = await serve(home);
    const count = async (table: string) =>
      (await server.db.selectFrom(table).selectAll().execute()).length;
    expect([await count("conversation"), await count("message")]).toEqual([0, 0]);
    await server.stop();
    for (const file of readdirSync(home)) {
      expect(readFileSync(join(home, file)).includes("marmalade")).toBe(false);
    }
  });
});

describe("bad input", () => {
  it("gets a clear answer below 500 on every route", async () => {
    server = await serveTemporarily();
    const id = await chat("hi");
    const [, answer] = (await server.read(id)).messages;
    const one = `/api/conversations/${id}`;
    const routes: readonly (readonly [string, string])[] = [
      ["POST", "/api/conversations"],
      ["POST", "/api/conversations/search"],
      ["PATCH", one],
      ["POST", `${one}/turns`],
      ["POST", "/api/conversations/import"],
    ];
    const deep = "[".repeat(100_000);
    const bodies = [
      "",
      "{",
      "null",
      "[]",
      "1",
      '"text"',
      '{"__proto__":1}',
      deep,
      '{"a":"\uFFFF"}',
    ];
    for (const [method, path] of routes) {
      for (const body of bodies) {
        const reply = await server.call(method, path, body);
        expect([path, body, reply.status]).toEqual([path, body, 400]);
        expect(reply.body.error.hint).toBeTruthy();
      }
    }
    const halves = ["\uD800", "a\0"];
    for (const half of halves) {
      const texts = [
        ["POST", `${one}/turns`, { content: half, parentId: null }],
        ["PATCH", one, { title: half }],
        ["PATCH", one, { settings: { systemPrompt: half } }],
      ] as const;
      for (const [method, path, body] of texts) {
        const reply = await server.call(method, path, JSON.stringify(body));
        expect([reply.status, reply.body.error.code]).toEqual([400, "invalid_value"]);
      }
    }
    for (const query of ["limit=0", "limit=x", "limit=201", "cursor=%00", "q=word"]) {
      expect((await server.call("GET", `/api/conversations?${query}`)).status).toBe(400);
    }
    const stream = `${one}/messages/${answer?.id}/stream`;
    for (const from of ["-1", "x", "1.5", "1e99"]) {
      expect((await server.call("GET", `${stream}?from=${from}`)).status).toBe(400);
    }
    const big = JSON.stringify({ content: "x".repeat(50 * 2 ** 20), parentId: null });
    const large = await server.call("POST", `${one}/turns`, big);
    expect([large.status, large.body.error.code]).toEqual([413, "request_too_large"]);
    expect((await server.read(id)).messages).toHaveLength(2);
    expect(server.logged).toEqual([]);
  });

  it("knows no ids but its own", async () => {
    server = await serveTemporarily();
    const id = await chat("hi");
    const other = await chat("there");
    const [question] = (await server.read(id)).messages;
    for (const unknown of ["x", "%00", "..%2F..", "'--", "__proto__", "%F0%9F%98%80"]) {
      const one = `/api/conversations/${unknown}`;
      const asked = [
        await server.call("GET", one),
        await server.call("PATCH", one, { pinned: true }),
        await server.call("DELETE", one),
        await server.call("POST", `${one}/restore`),
        await server.call("POST", `${one}/turns`, { content: "x", parentId: null }),
        await server.call("GET", `${one}/export`),
        await server.call("GET", `${one}/messages/${question?.id}/stream`),
        await server.call("POST", `${one}/messages/${question?.id}/stop`),
      ];
      for (const { status, body } of asked) {
        expect([status, body.error.code]).toEqual([404, "conversation_not_found"]);
      }
    }
    // A message of another conversation is not there either.
    for (const message of ["x", question?.id]) {
      const one = `/api/conversations/${other}`;
      const asked = [
        await server.call("GET", `${one}/messages/${message}/stream`),
        await server.call("POST", `${one}/messages/${message}/stop`),
        await server.call("PATCH", one, { currentId: message }),
        await server.call("POST", `${one}/turns`, { answerTo: message }),
      ];
      for (const { status, body } of asked) {
        expect([status, body.error.code]).toEqual([404, "message_not_found"]);
      }
    }
  });
});
