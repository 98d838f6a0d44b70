/**
 * Two people, and every id of one in every place where a request of the other can name it: the
 * answer is the same as for an id that never was, and nothing of hers changes. A route without an
 * entry here fails the suite.
 */
import { expect, it, onTestFinished } from "vitest";
import { scripted } from "../../../src/engines/scripted.ts";
import { temporaryHome, until } from "./home.ts";
import { serve, type TestServer } from "./server.ts";

/** Ids in a request: hers, or ones that never were. */
interface Ids {
  readonly chat: string;
  readonly question: string;
  readonly answer: string;
  readonly share: string;
  readonly grant: string;
  readonly token: string;
  readonly folder: string;
}
interface Attempt {
  readonly path?: string;
  readonly body?: unknown;
  readonly role?: "administrator";
  /** Among several, an id that is not there is no error. */
  readonly passedOver?: true;
}

const turns = (chat: string) => `/api/conversations/${chat}/turns`;
const FOLDERS = "/api/folders";
const SEVERAL = "/api/conversations/several";
const IMPORTS = "/api/conversations/imports";
const one = (chat: string) => `/api/conversations/${chat}`;

/** What he can try at each route; `own` is a chat of his. An empty list: it takes no ids. */
const ATTEMPTS: Readonly<Record<string, (ids: Ids, own: Ids) => readonly Attempt[]>> = {
  "get /api/conversations": ({ chat, folder }) => [
    { path: `/api/conversations?cursor=1_9_${chat}` },
    { path: `/api/conversations?cursor=1_9_${chat}&folder=${folder}` },
  ],
  "post /api/conversations/search": ({ chat }) => [
    { path: "/api/conversations/search", body: { q: "hers", cursor: `0_9_${chat}` } },
  ],
  "post /api/conversations": () => [],
  // Hers is passed over like one that never was; "all" are his.
  "post /api/conversations/several": ({ chat, folder }, own) => [
    ...["delete", "archive", "unarchive"].map((act) => ({
      path: SEVERAL,
      body: { do: act, which: [chat] },
      passedOver: true as const,
    })),
    { path: SEVERAL, body: { do: "move", which: [own.chat], folderId: folder } },
    {
      ...{ path: SEVERAL, passedOver: true },
      body: { do: "move", which: [chat], folderId: own.folder },
    },
  ],
  "post /api/conversations/export": ({ chat }) => [
    { path: "/api/conversations/export", body: { ids: [chat] }, passedOver: true },
  ],
  "post /api/temporary": () => [],
  "get /api/folders": () => [],
  "post /api/folders": () => [],
  "patch /api/folders/:id": ({ folder }) => [
    { path: `${FOLDERS}/${folder}`, body: { name: "mine" } },
  ],
  "delete /api/folders/:id": ({ folder }) => [{ path: `${FOLDERS}/${folder}` }],
  "get /api/conversations/export": () => [],
  "post /api/conversations/import": () => [],
  "post /api/conversations/imports": () => [],
  "get /api/conversations/imports/:id": ({ chat }) => [{ path: `${IMPORTS}/${chat}` }],
  "get /api/conversations/:id": ({ chat }) => [{ path: one(chat) }],
  "get /api/conversations/:id/export": ({ chat }) => [
    { path: `${one(chat)}/export` },
    { path: `${one(chat)}/export?format=markdown` },
  ],
  "patch /api/conversations/:id": ({ chat, answer }, own) => [
    { path: one(chat), body: { title: "mine" } },
    { path: one(chat), body: { pinned: true } },
    { path: one(chat), body: { archived: true } },
    { path: one(chat), body: { folderId: own.folder } },
    { path: one(chat), body: { settings: { systemPrompt: "mine", privacy: "mask" } } },
    { path: one(chat), body: { currentId: answer } },
    { path: one(own.chat), body: { currentId: answer } },
    { path: one(chat), body: {} },
  ],
  "delete /api/conversations/:id": ({ chat }) => [{ path: one(chat) }],
  "post /api/conversations/:id/restore": ({ chat }) => [{ path: `${one(chat)}/restore` }],
  "post /api/conversations/:id/turns": ({ chat, question, answer }, own) => [
    { path: turns(chat), body: { content: "mine", parentId: null } },
    { path: turns(chat), body: { content: "mine", parentId: answer } },
    { path: turns(chat), body: { answerTo: question } },
    { path: turns(own.chat), body: { content: "mine", parentId: answer } },
    { path: turns(own.chat), body: { answerTo: question } },
    { path: turns(chat), body: { continues: answer } },
    { path: turns(own.chat), body: { continues: answer } },
  ],
  "get /api/conversations/:id/messages/:messageId/receipt": ({ chat, answer }, own) => [
    { path: `${one(chat)}/messages/${answer}/receipt` },
    { path: `${one(own.chat)}/messages/${answer}/receipt` },
  ],
  "get /api/conversations/:id/messages/:messageId/stream": ({ chat, answer }, own) => [
    { path: `${one(chat)}/messages/${answer}/stream` },
    { path: `${one(own.chat)}/messages/${answer}/stream` },
    { path: `${one(chat)}/messages/${own.answer}/stream?from=3` },
  ],
  "post /api/conversations/:id/messages/:messageId/stop": ({ chat, answer }, own) => [
    { path: `${one(chat)}/messages/${answer}/stop` },
    { path: `${one(own.chat)}/messages/${answer}/stop` },
    { path: `${one(chat)}/messages/${own.answer}/stop` },
  ],
  "post /api/conversations/:id/messages/:messageId/edit": ({ chat, answer }, own) => [
    { path: `${one(chat)}/messages/${answer}/edit`, body: { content: "mine" } },
    { path: `${one(own.chat)}/messages/${answer}/edit`, body: { content: "mine" } },
    { path: `${one(chat)}/messages/${own.answer}/edit`, body: { content: "mine" } },
  ],
  "delete /api/conversations/:id/messages/:messageId": ({ chat, question, answer }, own) => [
    { path: `${one(chat)}/messages/${question}` },
    { path: `${one(own.chat)}/messages/${answer}` },
    { path: `${one(chat)}/messages/${own.answer}` },
  ],
  "post /api/conversations/:id/messages/:messageId/restore": ({ chat, question }, own) => [
    { path: `${one(chat)}/messages/${question}/restore` },
    { path: `${one(own.chat)}/messages/${question}/restore` },
  ],
  "post /api/conversations/:id/messages/:messageId/fork": ({ chat, answer }, own) => [
    { path: `${one(chat)}/messages/${answer}/fork`, body: {} },
    { path: `${one(own.chat)}/messages/${answer}/fork`, body: {} },
    { path: `${one(chat)}/messages/${own.answer}/fork`, body: {} },
  ],
  "get /api/sharing": () => [],
  "post /api/conversations/:id/shares": ({ chat }) => [
    { path: `${one(chat)}/shares`, body: { days: 1 } },
  ],
  "delete /api/shares/:id": ({ share }) => [{ path: `/api/shares/${share}` }],
  // Her token opens it for everybody; her other ids do not.
  "post /api/shared": ({ share, chat }) =>
    [share, chat].map((token) => ({ path: "/api/shared", body: { token } })),
  "post /api/conversations/:id/support": ({ chat }) => [
    { path: `${one(chat)}/support`, body: { hours: 1, reason: "mine" } },
  ],
  "delete /api/support/:id": ({ grant }) => [{ path: `/api/support/${grant}` }],
  "get /api/support": () => [],
  // Not even an administrator, by any id but that of the grant.
  "get /api/support/:id/conversation": ({ chat, share, question }) =>
    [chat, share, question].map((id) => ({
      path: `/api/support/${id}/conversation`,
      role: "administrator" as const,
    })),
};

async function setUp(server: TestServer, person: string, words: string): Promise<Ids> {
  const must = async (method: string, path: string, body?: unknown) => {
    const reply = await server.call(method, path, body, person);
    expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
    return reply.body;
  };
  const { id: chat } = await must("POST", "/api/conversations", {
    settings: { systemPrompt: words },
  });
  const asked = await must("POST", turns(chat), { content: `${words} question`, parentId: null });
  const { question, answer } = asked;
  await until(async () => {
    const { messages } = await must("GET", one(chat));
    return messages[1].content.length > 20 || undefined;
  });
  const { share, token } = await must("POST", `${one(chat)}/shares`, { days: 1 });
  const grant = await must("POST", `${one(chat)}/support`, { hours: 1, reason: words });
  const { id: folder } = await must("POST", FOLDERS, { name: words });
  await must("PATCH", one(chat), { folderId: folder });
  return {
    folder,
    ...{ chat, question: question.id, answer: answer.id },
    ...{ share: share.id, grant: grant.id, token },
  };
}

/** Ids of the same shape that belong to nobody. */
const foreign = (ids: Ids): Ids => {
  const entries = Object.entries(ids).map(([name, id]) => [name, id.replace(/[1-9a-f]/g, "0")]);
  return Object.fromEntries(entries) as unknown as Ids;
};

it("never sees, changes or even notices what is another's", async () => {
  const endless = scripted({ tokenMs: 20, reply: () => "on and on ".repeat(100_000) });
  const server = await serve(await temporaryHome(), endless, [], { enabled: true });
  onTestFinished(() => server.stop());
  const hers = await setUp(server, "ana", "hers");
  const his = await setUp(server, "leo", "his");
  await server.call("POST", `${one(his.chat)}/messages/${his.answer}/stop`, undefined, "leo");
  const state = async (person: string) => {
    const chat = (await server.call("GET", one(hers.chat), undefined, person)).body;
    const sharing = (await server.call("GET", "/api/sharing", undefined, person)).body;
    const { items } = (await server.call("GET", FOLDERS, undefined, person)).body;
    return { ...chat, items, sharing, messages: chat.messages.map(({ id }: { id: string }) => id) };
  };
  const before = await state("ana");
  const nobody = foreign(hers);

  const names = server.routes.map(({ method, path }) => `${method} ${path}`);
  expect(names.filter((name) => !Object.hasOwn(ATTEMPTS, name))).toEqual([]);
  expect(Object.keys(ATTEMPTS).filter((name) => !names.includes(name))).toEqual([]);
  let tried = 0;
  for (const [name, attempts] of Object.entries(ATTEMPTS)) {
    const [method = ""] = name.split(" ");
    const reference = attempts(nobody, his);
    for (const [index, attempt] of attempts(hers, his).entries()) {
      const { path = "", body, role, passedOver } = attempt;
      const same = reference[index] as Attempt;
      const his = await server.call(method, path, body, "leo", role);
      const none = await server.call(method, same.path ?? "", same.body, "leo", role);
      // When it was done is another time each time.
      const reply = ({ status, body: { at: _, exportedAt: __, ...body } }: typeof his) => ({
        ...{ status, body },
      });
      expect(reply(his), `${name} ${JSON.stringify(body)}`).toEqual(reply(none));
      expect(JSON.stringify(his.body)).not.toContain("hers");
      const found = /cursor|search/.test(path) || passedOver;
      if (!found) expect(his.status, `${name} ${path}`).toBe(404);
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(25);

  // Lists, searches and files hold nothing of hers either.
  const lists = [
    ...["", "/export"].map((path) => ["GET", path, undefined] as const),
    ...["hers", "hers question"].map((q) => ["POST", "/search", { q }] as const),
  ];
  for (const [method, path, body] of lists) {
    const reply = await server.call(method, `/api/conversations${path}`, body, "leo");
    expect(reply.status).toBe(200);
    expect(JSON.stringify(reply.body)).not.toContain("hers question");
  }
  expect(
    JSON.stringify((await server.call("GET", "/api/sharing", undefined, "leo")).body),
  ).not.toContain(hers.share);
  const collected = await Array.fromAsync(server.feature.rights?.collect("leo", "en") ?? []);
  expect(JSON.stringify(collected)).not.toContain("hers question");
  // And hers is as it was; her answer goes on.
  expect(await state("ana")).toEqual(before);
  const { messages } = (await server.call("GET", one(hers.chat), undefined, "ana")).body;
  expect(messages[1].status).toBe("running");
  expect(server.acts.filter(({ actor }) => actor === "leo")).toHaveLength(1);
});

it("imports under the one who imports, whatever the file says", async () => {
  const server = await serve(await temporaryHome());
  onTestFinished(() => server.stop());
  const { id } = (await server.call("POST", "/api/conversations", {}, "ana")).body;
  const asked = { content: "hers", parentId: null };
  const { answer } = (await server.call("POST", turns(id), asked, "ana")).body;
  await until(async () => {
    const { messages } = (await server.call("GET", one(id), undefined, "ana")).body;
    return messages[1].status === "done" || undefined;
  });
  const file = (await server.call("GET", `${one(id)}/export`, undefined, "ana")).body;
  const owned = { ...file.conversations[0], owner: "ana" };
  const forged = { ...file, conversations: [owned] };
  const reply = await server.call("POST", "/api/conversations/import", forged, "leo");
  expect(reply.status).toBe(200);
  expect(reply.body.imported[0].id).not.toBe(id);
  const mine = await server.call("GET", one(reply.body.imported[0].id), undefined, "leo");
  expect(mine.body.messages.map((one: { id: string }) => one.id)).not.toContain(answer.id);
  expect(
    (await server.call("GET", "/api/conversations", undefined, "ana")).body.items,
  ).toHaveLength(1);
});
