/** Out and in again; and trees that stay trees whatever is done to them. */
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { SOLO } from "../../../src/core/access.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import {
  type ChatMessage,
  type Conversation,
  type ExportFile,
  exportFile,
} from "../../../src/features/conversations/api.ts";
import { Store } from "../../../src/features/conversations/store.ts";
import { exportJson, readAll } from "../../../src/features/conversations/transfer.ts";
import { serveTemporarily } from "./home.ts";
import type { TestServer } from "./server.ts";

let server: TestServer;
afterEach(() => server?.stop());

const DATE = "2026-01-02T03:04:05.678Z";

function message(id: string, parentId: string | null, role: "user" | "assistant"): ChatMessage {
  const rest = { createdAt: DATE, status: "done", details: null, error: null } as const;
  return { id, parentId, role, content: `text of ${id}`, ...rest };
}

function file(messages: ChatMessage[], more: Partial<Conversation> = {}): ExportFile {
  return {
    format: "charla.conversations",
    version: 1,
    exportedAt: DATE,
    conversations: [
      {
        ...{ id: "c", title: "Título", titleSource: "user", pinned: true },
        ...{ createdAt: DATE, updatedAt: DATE, settings: { seed: 1 } },
        ...{ currentId: messages.at(-1)?.id ?? null, messages },
        ...more,
      },
    ],
  };
}

const TREE = [
  message("q1", null, "user"),
  message("a1", "q1", "assistant"),
  message("a2", "q1", "assistant"),
  message("q2", "a1", "user"),
];

const take = (body: unknown) => server.call("POST", "/api/conversations/import", body);

/** A file with ids by order of appearance and without dates, to compare what is left. */
function anonymous(exported: ExportFile): unknown {
  const ids = new Map<string, string>();
  for (const one of exported.conversations) {
    for (const { id } of [one, ...one.messages]) ids.set(id, `id-${ids.size}`);
  }
  return JSON.parse(JSON.stringify(exported.conversations), (key, value) => {
    if (key.endsWith("At")) return "date";
    return ["id", "parentId", "currentId", "memoryBegins"].includes(key)
      ? (ids.get(value) ?? value)
      : value;
  });
}

describe("export and import", () => {
  it("give the same conversations up to ids and dates, again and again", async () => {
    server = await serveTemporarily(scripted({ contextWindow: 60 }));
    const { id } = await server.create({ systemPrompt: "Sé breve", seed: 3 });
    let parent: string | null = null;
    for (const content of ["uno dos tres cuatro cinco", "<b>¿dos?</b>\n```js\n1\n```", "😀 tres"]) {
      const { answer } = await server.ask(id, content, parent);
      await server.ended(id, answer.id);
      parent = answer.id;
    }
    await server.ended(id, (await server.ask(id, "another root")).answer.id);
    const get = async (path: string) => (await server.call("GET", path)).body;
    const first = exportFile.parse(await get(`/api/conversations/${id}/export`));

    const { status, body } = await take(first);
    expect(status).toBe(200);
    const [{ id: copy }] = body.imported;
    expect(copy).not.toBe(id);
    const second = exportFile.parse(await get(`/api/conversations/${copy}/export?format=json`));
    expect(anonymous(second)).toEqual(anonymous(first));
    expect(second.conversations[0]?.createdAt).toBe(first.conversations[0]?.createdAt);

    const all = exportFile.parse(await get("/api/conversations/export"));
    expect(all.conversations).toHaveLength(2);
    await take(all);
    const twice = exportFile.parse(await get("/api/conversations/export"));
    expect(twice.conversations).toHaveLength(4);
  });

  it("leave out what is deleted while the file is written", async () => {
    server = await serveTemporarily();
    const titles = ["first", "second", "third", "fourth"];
    for (const title of titles) await take(file(TREE, { title }));
    const store = new Store(server.db, server.vault);
    const ids = await store.ids(SOLO.id);
    const parts = exportJson(readAll(store, SOLO.id, ids));
    let text = "";
    const next = async () => {
      text += (await parts.next()).value ?? "";
    };
    await next();
    await server.call("DELETE", `/api/conversations/${ids[0]}`);
    await next();
    await server.call("DELETE", `/api/conversations/${ids[2]}`);
    for await (const part of parts) text += part;
    const left = exportFile.parse(JSON.parse(text)).conversations.map(({ title }) => title);
    expect(left).toEqual(["second", "fourth"]);
  });

  it("writes the current branch as Markdown in the reader's language", async () => {
    server = await serveTemporarily(scripted({ reply: () => "Con **aceite**." }));
    const { id } = await server.create();
    const { answer } = await server.ask(id, "¿Cómo se hace?");
    await server.ended(id, answer.id);
    await server.call("PATCH", `/api/conversations/${id}`, { title: "¿Alioli, sí?" });
    const get = (language: string) =>
      fetch(`${server.url}/api/conversations/${id}/export?format=markdown`, {
        headers: { "accept-language": language },
      });
    const spanish = await get("es-AR,en;q=0.5");
    expect(spanish.headers.get("content-type")).toContain("text/markdown");
    expect(spanish.headers.get("content-disposition")).toBe('attachment; filename="alioli-si.md"');
    const [front = "", document] = (await spanish.text()).split(/(?<=\n---\n)\n/);
    expect(front.split("\n").slice(0, 4)).toEqual([
      "---",
      "ai-disclosure: machine-generated",
      "digital-source-type: http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
      'models: ["scripted"]',
    ]);
    expect(document).toBe(
      "# ¿Alioli, sí?\n\n## Tú\n\n¿Cómo se hace?\n\n" + "## Scripted engine\n\nCon **aceite**.\n",
    );
    expect(await (await get("en")).text()).toContain("## You");
  });

  it("takes answers that were being written as interrupted, and titles as data", async () => {
    server = await serveTemporarily();
    const running = { ...message("a1", "q1", "assistant"), status: "running" as const };
    const title = `\u202Eevil\n${"x".repeat(200)}`;
    const { body } = await take(file([message("q1", null, "user"), running], { title }));
    const [{ id }] = body.imported;
    const one = await server.read(id);
    expect(one.messages[1]?.status).toBe("interrupted");
    expect(one.title).toMatch(/^evil x{75}$/);
    // It goes on like any other.
    await server.ended(id, (await server.ask(id, "and?", one.currentId)).answer.id);
  });

  it("refuses what is not a tree, whole, and says where", async () => {
    server = await serveTemporarily();
    const [q1, a1] = [message("q1", null, "user"), message("a1", "q1", "assistant")];
    const cases: readonly (readonly [ExportFile, string])[] = [
      [file([message("q1", "q1", "user")]), "messages[0].parentId"],
      [file([message("q1", "a1", "user"), a1]), "messages[0].parentId"],
      [file([q1, message("a1", "elsewhere", "assistant")]), "messages[1].parentId"],
      [file([q1, message("q2", "q1", "user")]), "messages[1].parentId"],
      [file([message("a1", null, "assistant")]), "messages[0].parentId"],
      [file([q1, q1]), "messages[1].id"],
      [file([message("", null, "user")]), "messages[0].id"],
      [file([q1, a1], { currentId: "elsewhere" }), "currentId"],
      [file([{ ...q1, content: "\uD800" }]), "messages[0].content"],
      [file([{ ...q1, content: "a\0" }]), "messages[0].content"],
      [file([{ ...q1, createdAt: "2026-02-31T99:00:00Z" }]), "messages[0].createdAt"],
      [file([{ ...q1, createdAt: "0000-01-01T00:00:00+14:00" }]), "messages[0].createdAt"],
      [file([q1], { settings: { temperature: 9 } }), "settings.temperature"],
    ];
    for (const [body, param] of cases) {
      const good = file(TREE).conversations;
      const reply = await take({ ...body, conversations: [...good, ...body.conversations] });
      expect([reply.status, reply.body.error?.param]).toEqual([400, `conversations[1].${param}`]);
    }
    for (const body of [{}, file([]).conversations, { ...file([]), version: 2 }]) {
      expect((await take(body)).status).toBe(400);
    }
    expect(await server.list()).toEqual([]);
    expect((await take(file(TREE))).status).toBe(200);
    expect((await take(file([]))).status).toBe(200);
  });

  it("takes nothing as written or used later than now, so that it can fall out of use", async () => {
    server = await serveTemporarily();
    const later = { createdAt: "9998-01-02T03:04:05Z", updatedAt: "9999-01-02T03:04:05+01:00" };
    const { status, body } = await take(
      file([{ ...message("q", null, "user"), createdAt: later.createdAt }], later),
    );
    expect(status).toBe(200);
    const got = await server.read(body.imported[0].id);
    for (const date of [got.createdAt, got.updatedAt, got.messages[0]?.createdAt]) {
      expect(Date.parse(date ?? "")).toBeLessThanOrEqual(Date.now());
    }
    await server.feature.expire?.({ auditMonths: 1, deletedChatMinutes: 10, unusedChatDays: -1 });
    expect(await server.list()).toEqual([]);
  });

  it("counts a chat as used when it was imported, however old it is", async () => {
    server = await serveTemporarily();
    const old = { createdAt: "2019-01-02T03:04:05Z", updatedAt: "2019-02-03T04:05:06Z" };
    const { body } = await take(file([{ ...message("q", null, "user"), ...old }], old));
    const expire = (unusedChatDays: number) =>
      server.feature.expire?.({ auditMonths: 1, deletedChatMinutes: 10, unusedChatDays });
    await expire(90);
    // Its dates are those that it brought along.
    expect(await server.list()).toMatchObject([
      { id: body.imported[0].id, updatedAt: "2019-02-03T04:05:06.000Z" },
    ]);
    await expire(36_500);
    expect(await server.list()).toHaveLength(1);
    await expire(-1);
    expect(await server.list()).toEqual([]);
  });

  it("takes a file of many megabytes", async () => {
    server = await serveTemporarily();
    const messages = Array.from({ length: 1000 }, (_, index) => {
      const parent = index === 0 ? null : `m${index - 1}`;
      const one = message(`m${index}`, parent, index % 2 === 0 ? "user" : "assistant");
      return { ...one, content: "palabra ".repeat(1000) };
    });
    const one = file(messages);
    const conversations = Array.from({ length: 4 }, () => one.conversations).flat();
    const { status, body } = await take({ ...one, conversations });
    expect(status).toBe(200);
    expect(body.imported).toHaveLength(4);
    expect((await server.read(body.imported[3].id)).messages).toHaveLength(1000);
  });
});

describe("the tree", () => {
  it("stays a tree under any sequence of questions, edits, answers, deletions and imports", async () => {
    server = await serveTemporarily(scripted({ reply: () => "ok" }));
    const action = fc.record({
      kind: fc.constantFrom("ask", "edit", "again", "choose", "copy", "delete"),
      chat: fc.nat(),
      message: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 15 }), async (actions) => {
        const expected = new Map<string, number>([[(await server.create()).id, 0]]);
        for (const { kind, chat, message } of actions) {
          const ids = [...expected.keys()];
          const id = ids[chat % ids.length];
          if (id === undefined) break;
          const { messages } = await server.read(id);
          const count = expected.get(id) ?? 0;
          const of = (role: string) => messages.filter((one) => one.role === role);
          const any = <Item>(list: readonly Item[]) => list[message % Math.max(1, list.length)];
          const one = `/api/conversations/${id}`;
          const turn = async (body: object, adds: number) => {
            const reply = await server.call("POST", `${one}/turns`, body);
            expect(reply.status).toBe(200);
            await server.ended(id, reply.body.answer.id);
            expected.set(id, count + adds);
          };
          const asked = any(of("user"));
          if (kind === "ask") {
            await turn({ content: "?", parentId: any(of("assistant"))?.id ?? null }, 2);
          } else if (kind === "edit") {
            await turn({ content: "!", parentId: asked?.parentId ?? null }, 2);
          } else if (kind === "again" && asked) {
            await turn({ answerTo: asked.id }, 1);
          } else if (kind === "choose" && messages.length > 0) {
            await server.call("PATCH", one, { currentId: any(messages)?.id });
          } else if (kind === "copy") {
            const { body } = await server.call("GET", `${one}/export`);
            expected.set((await take(body)).body.imported[0].id, count);
          } else if (kind === "delete") {
            await server.call("DELETE", one);
            expected.delete(id);
          }
        }
        for (const [id, count] of expected) {
          const { messages, currentId } = await server.read(id);
          expect(messages).toHaveLength(count);
          const roles = new Map<string | null, string>([[null, "assistant"]]);
          for (const { id, parentId, role } of messages) {
            expect(roles.get(parentId)).toBe(role === "user" ? "assistant" : "user");
            roles.set(id, role);
          }
          const parents = new Set(messages.map(({ parentId }) => parentId));
          expect(roles.has(currentId)).toBe(true);
          if (count > 0) expect(parents.has(currentId)).toBe(false);
        }
      }),
      { numRuns: 25 },
    );
  });
});
