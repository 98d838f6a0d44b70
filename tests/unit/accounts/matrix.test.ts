/**
 * Every route of the whole product, with every id of somebody else, by everybody who could try:
 * another member, an administrator, keys of every scope, an ended session, nobody.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { features } from "../../../src/app/features.ts";
import { notSignedIn, SCOPES, type Scope } from "../../../src/core/access.ts";
import type { Feature } from "../../../src/core/feature.ts";
import type { JobKind, Jobs } from "../../../src/core/jobs.ts";
import { Authenticator } from "../../fixtures/authenticator.ts";
import { png } from "../../fixtures/images.ts";
import { scriptedLibrary } from "../../fixtures/scripted-library.ts";
import { type Browser, type Place, serve } from "../../fixtures/shared-mode.ts";
import { type Entry, MATRIX, type Things } from "./matrix.ts";

/** Stands in what Ana has written, named and made, and must reach nobody else. */
const SECRET = "zafiro-escondido";
const POLICY = `
[limits]
sign_in_tries = 100
requests_per_minute = { person = 0, key = 0, address = 0 }
at_once = { answers = 0, requests = 0, requests_of_address = 0 }
[sharing]
enabled = true
`;

/** Fails at once, so that it can be cancelled, taken up again and removed. */
const failing: JobKind<string> = {
  ...{ name: "test.fails", lane: "net", label: { en: "Test", es: "Prueba" }, unit: "items" },
  ...{ input: z.string(), title: (input) => input },
  run: async () => Promise.reject(notSignedIn()),
};
let jobs: Jobs;
const begins: Feature = {
  name: "test-jobs",
  load: async () => ({
    name: "test-jobs",
    open(house) {
      jobs = house.jobs;
      return { jobs: [failing] };
    },
  }),
};

const home = mkdtempSync(join(tmpdir(), "charla-matrix-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Of Ana's that nobody can use up, so once is enough: it takes until a model has answered. */
let rating: string | undefined;
async function shown(ana: Browser): Promise<string> {
  const { id } = await ana.must("POST", "/api/studies", study());
  const next = () => ana.must("POST", `/api/studies/${id}/next`, { rater: SECRET });
  await expect.poll(async () => (await next()).task, { timeout: 60_000 }).not.toBeNull();
  return (await next()).task.id;
}
const study = () => ({
  ...{ name: SECRET, kind: "levels", systems: [{ label: SECRET }], maxTokens: 8, count: 1 },
  dimensions: [{ name: SECRET, anchors: ["no", "yes"] }],
  set: { name: "own.jsonl", content: JSON.stringify({ question: SECRET }) },
});

/** A chat with a question, an answer and one that was deleted, which is shared and shown to the support. */
async function chatOf(ana: Browser) {
  const { id: conversation } = await ana.must("POST", "/api/conversations", {});
  const path = `/api/conversations/${conversation}`;
  const content = `Tell me of ${SECRET}`;
  const turn = await ana.must("POST", `${path}/turns`, { content, parentId: null });
  await ana.call("GET", `${path}/messages/${turn.answer.id}/stream`);
  const second = await ana.must("POST", `${path}/turns`, { answerTo: turn.question.id });
  await ana.call("GET", `${path}/messages/${second.answer.id}/stream`);
  await ana.must("DELETE", `${path}/messages/${second.answer.id}`);
  const { share, token } = await ana.must("POST", `${path}/shares`, { days: 1 });
  const grant = await ana.must("POST", `${path}/support`, { hours: 1, reason: SECRET });
  return {
    ...{ conversation, question: turn.question.id, answer: turn.answer.id },
    ...{ deletedMessage: second.answer.id, share: share.id, shareToken: token, support: grant.id },
  } satisfies Partial<Things>;
}
const OF_CHAT: ReadonlySet<PropertyKey> = new Set([
  ...["conversation", "question", "answer", "deletedMessage"],
  ...["share", "shareToken", "support"],
]);

/** A collection with a file, which goes with it, and that a program has put there. */
async function shelfOf(ana: Browser) {
  const file = await fileOf(ana);
  const shelf = { name: SECRET, files: [file] };
  const { id: collection } = await ana.must("POST", "/api/collections", shelf);
  const put = { file_ids: [file], attributes: { of: SECRET } };
  const batches = `/v1/vector_stores/${collection}/file_batches`;
  const { id: batch } = await ana.must("POST", batches, put);
  return { collection, batch, file };
}
const OF_SHELF: ReadonlySet<PropertyKey> = new Set(["collection", "batch", "file"]);

/** What was made before, and what of it is to be made afresh. */
interface Again {
  readonly before: Things;
  readonly named: ReadonlySet<PropertyKey>;
}

/**
 * Everything of Ana's that has an id: made afresh, or only what is named, where the rest is there from before.
 * Most of it is one request; what takes a model, a worker or a password is made where it is named.
 */
async function things(ana: Browser, eva: Browser, place: Place, last?: Again): Promise<Things> {
  const again = async <Name extends keyof Things>(name: Name, make: () => Promise<Things[Name]>) =>
    last && !last.named.has(name) ? last.before[name] : await make();
  const passkeys = (await ana.must("GET", "/api/auth/passkeys")).items;
  if (passkeys.length === 0) {
    const options = await ana.must("POST", "/api/auth/passkeys/options");
    const credential = new Authenticator().create(options, { origin: place.origin });
    await ana.must("POST", "/api/auth/passkeys", { name: SECRET, credential });
    passkeys.push(...(await ana.must("GET", "/api/auth/passkeys")).items);
  }
  rating ??= await shown(ana);
  const named = [...(last?.named ?? OF_CHAT)];
  const chat = last && !named.some((name) => OF_CHAT.has(name)) ? last.before : await chatOf(ana);
  await ana.must("PUT", "/api/instructions", { text: SECRET, active: true });
  await ana.must("PUT", "/api/memory", { active: true });
  const { id: fact } = await ana.must("POST", "/api/memory/facts", { text: SECRET });
  // A person has so many of each at the most.
  for (const each of ["/api/assistants", "/api/collections"])
    for (const { id } of (await ana.must("GET", each)).items)
      await ana.must("DELETE", `${each}/${id}`);
  const settings = { systemPrompt: SECRET };
  const { id: assistant } = await ana.must("POST", "/api/assistants", { name: SECRET, settings });
  // A name is there once.
  for (const { id } of (await ana.must("GET", "/api/saved-prompts")).items)
    await ana.must("DELETE", `/api/saved-prompts/${id}`);
  const said = { name: SECRET, text: SECRET };
  const { id: savedPrompt } = await ana.must("POST", "/api/saved-prompts", said);
  const ofShelf = named.some((name) => OF_SHELF.has(name));
  const shelf = last && !ofShelf ? last.before : await shelfOf(ana);
  const { collection, batch, file } = shelf;
  const { id: folder } = await ana.must("POST", "/api/folders", { name: SECRET });
  const { id: deleted } = await ana.must("POST", "/api/conversations", {});
  await ana.must("DELETE", `/api/conversations/${deleted}`);
  // A person has so many keys at the most.
  for (const { id } of (await ana.must("GET", "/api/auth/keys")).items) {
    await ana.must("DELETE", `/api/auth/keys/${id}`);
  }
  const key = { name: SECRET, scopes: ["chat"], days: 1 };
  const { key: made } = await ana.must("POST", "/api/auth/keys", key);
  const email = `${randomUUID()}@elsewhere.example`;
  const invited = await eva.must("POST", "/api/auth/invitations", { email });
  const person = (await ana.must("GET", "/api/account/state")).person.id;
  return {
    ...chat,
    session: await again("session", async () => {
      const elsewhere = place.browser();
      await elsewhere.signIn("ana@example.org");
      const { items } = await elsewhere.must("GET", "/api/auth/sessions");
      return items.find((one: { current: boolean }) => one.current).id;
    }),
    job: await again("job", async () => (await jobs.begin(failing, person, SECRET)).id),
    imported: await again(
      "imported",
      async () => (await ana.must("POST", `/api/conversations/imports?name=${SECRET}`, [])).id,
    ),
    evaluation: await again("evaluation", async () => {
      const text = { name: SECRET, content: SECRET };
      const body = { kind: "perplexity", models: ["scripted"], text };
      return (await ana.must("POST", "/api/evaluations", body)).id;
    }),
    study: await again("study", async () => (await ana.must("POST", "/api/studies", study())).id),
    rating,
    response: await again(
      "response",
      async () => (await ana.must("POST", "/v1/responses", { input: SECRET })).id,
    ),
    ...{ folder, deleted, assistant, savedPrompt, fact, collection, batch, file },
    image: (await ana.must("POST", "/api/images", png(2, 2, [9, 9, 9]))).digest,
    ...{ key: made.id, invitation: invited.invitation.id },
    passkey: passkeys[0].id,
    person,
  };
}

/** A file of hers, once it was read; it is the same one until somebody deletes it. */
async function fileOf(ana: Browser): Promise<string> {
  const { id } = await ana.must("POST", `/api/files?name=${SECRET}.txt`, [SECRET]);
  const state = async () => (await ana.must("GET", `/api/files/${id}`)).state;
  await expect.poll(state, { timeout: 60_000 }).toBe("ready");
  return id;
}

/** The path of a route with Ana's ids in it. */
function address(path: string, entry: Entry, ana: Things): string {
  if (entry.at) return entry.at(ana);
  return path
    .replace("/api/models/{id}", "/api/models/none")
    .replace("{id}", () => ana.conversation)
    .replace("{messageId}", () => ana.answer);
}

/** Whose ids of Ana's are in the path or the body of a route. */
function namesHers(path: string, entry: Entry, ana: Things): ReadonlySet<PropertyKey> {
  const names = new Set<PropertyKey>();
  const seen = new Proxy(ana, {
    get(things, name) {
      names.add(name);
      return Reflect.get(things, name);
    },
  });
  address(path, entry, seen);
  entry.body?.(seen);
  return names;
}

test("nobody gets what is not theirs, by no route and no id", async () => {
  const list = features as Feature[];
  list.push(begins);
  onTestFinished(() => void list.splice(list.indexOf(begins), 1));
  // What an administrator has fetched is fetched from nowhere.
  vi.stubEnv("PIP_NO_INDEX", "1");
  onTestFinished(() => void vi.unstubAllEnvs());
  const place = await serve({ home, policy: POLICY, engines: scriptedLibrary });
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org", "administrator");
  const bea = await place.join(ana, "bea@example.org");
  const people = (await eva.must("GET", "/api/auth/people")).items;
  const anaId = people.find((one: { email: string }) => one.email === "ana@example.org").id;
  await eva.must("PATCH", `/api/auth/people/${anaId}`, { role: "member" });

  const ended = place.browser();
  await ended.signIn("ana@example.org");
  for (const [name, value] of ended.cookies) ended.set.push(`${name}=${value}`);
  const cookie = ended.set.at(-1) ?? "";
  await ended.must("POST", "/api/auth/sign-out");
  const keys = new Map<Scope, string>();
  for (const scope of SCOPES) {
    const made = await bea.must("POST", "/api/auth/keys", { name: "k", scopes: [scope], days: 1 });
    keys.set(scope, made.secret);
  }
  const nobody = place.browser();

  const { paths } = await eva.must("GET", "/openapi.json");
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => [method.toUpperCase(), path] as const),
  );
  const missing = routes.filter(([method, path]) => !MATRIX[`${method} ${path}`]);
  expect(missing, "routes without an entry in the matrix").toEqual([]);
  const gone = Object.keys(MATRIX).filter(
    (name) => !routes.some(([method, path]) => name === `${method} ${path}`),
  );
  expect(gone, "entries without a route").toEqual([]);

  const wrong: string[] = [];
  let mine = await things(ana, eva, place);
  // What only gives something out comes first and finds all of hers; the rest, what it names.
  const reads = ([method]: readonly [string, string]) => method === "GET";
  for (const [method, path] of [...routes.filter(reads), ...routes.filter((one) => !reads(one))]) {
    const entry = MATRIX[`${method} ${path}`] as Entry;
    const hers = namesHers(path, entry, mine);
    if (method !== "GET" && hers.size > 0)
      mine = await things(ana, eva, place, { before: mine, named: hers });
    const at = address(path, entry, mine);
    const body = entry.body?.(mine) ?? (method === "GET" || method === "DELETE" ? undefined : {});
    const asks = async (who: string, browser: Browser, headers = {}) => {
      const reply = await browser.call(method, at, body, headers, entry.endless ? 200 : 0);
      const text = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
      if (who !== "owner" && path !== "/api/support" && text.includes(SECRET)) {
        wrong.push(`${method} ${path}: ${who} got the secret`);
      }
      return reply.status;
    };
    const expects = async (who: string, allowed: number | "in", got: number) => {
      const fits = allowed === "in" ? got !== 401 && got !== 403 && got < 500 : got === allowed;
      if (!fits) wrong.push(`${method} ${path}: ${who} got ${got} and not ${allowed}`);
    };
    if (entry.whose === "anyone") {
      await asks("nobody", nobody);
      continue;
    }
    await expects("nobody", 401, await asks("nobody", nobody));
    await expects("an ended session", 401, await asks("an ended session", nobody, { cookie }));
    await expects(
      "two at once",
      400,
      await asks("two at once", bea, {
        authorization: `Bearer ${keys.get("chat")}`,
      }),
    );
    for (const [scope, key] of keys) {
      const who = `a key for ${scope}`;
      const got = await asks(who, nobody, { authorization: `Bearer ${key}` });
      const stranger = entry.whose === "own" ? (entry.stranger ?? 404) : "in";
      const may = entry.scope === "any" || scope === entry.scope;
      await expects(who, may ? stranger : 403, got);
    }
    for (const [channel, headers] of [
      ["x-api-key", { "x-api-key": keys.get("chat") }],
      ["basic", { authorization: `Basic ${btoa(`bea:${keys.get("chat")}`)}` }],
      ["cookie", { cookie: `__Host-charla-session=${keys.get("chat")}` }],
    ] as const) {
      const allowed = channel === "x-api-key" && entry.keyHeader ? "in" : 401;
      await expects(
        `a key as ${channel}`,
        allowed,
        await asks(`a key as ${channel}`, nobody, headers),
      );
    }
    const strangers: [string, Browser][] = [
      ["another member", bea],
      ["an administrator", eva],
    ];
    if (entry.whose === "own") {
      for (const [who, browser] of strangers) {
        await expects(who, entry.stranger ?? 404, await asks(who, browser));
      }
      const got = await asks("owner", ana);
      await expects("the owner", "in", got);
      const allowed = entry.owner ? got === entry.owner : got < 400;
      if (!allowed) wrong.push(`${method} ${path}: the owner got ${got}`);
    } else if (entry.whose === "each") {
      for (const [who, browser] of [...strangers, ["owner", ana]] as const) {
        const got = await asks(who, browser);
        const allowed = entry.owner ? got === entry.owner : got < 300;
        if (!allowed) wrong.push(`${method} ${path}: ${who} got ${got}`);
      }
    } else {
      await expects("another member", 403, await asks("another member", bea));
      await expects("the owner", 403, await asks("owner", ana));
      await expects("an administrator", "in", await asks("owner", eva));
    }
  }
  expect(wrong).toEqual([]);

  // Ids of others in a body or a query, or beside one's own.
  mine = await things(ana, eva, place);
  const own = (await bea.must("POST", "/api/conversations", {})).id;
  const path = `/api/conversations/${own}`;
  const foreign = [
    ["POST", `${path}/turns`, { content: "x", parentId: mine.answer }],
    ["POST", `${path}/turns`, { answerTo: mine.question }],
    ["PATCH", path, { currentId: mine.answer }],
    ["GET", `${path}/messages/${mine.answer}/stream?from=0`],
    ["POST", `${path}/messages/${mine.answer}/stop`, {}],
    ["GET", `/api/conversations/${mine.conversation}/messages/${mine.answer}/stream?from=5`],
  ] as const;
  for (const [method, at, body] of foreign) {
    const reply = await bea.call(method, at, body);
    expect(reply.status, `${method} ${at}`).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(reply.body)).not.toContain(SECRET);
  }
  const cursor = `1_9999-12-31T00:00:00.000Z_${mine.conversation}`;
  const lists = [await bea.must("GET", `/api/conversations?cursor=${cursor}`)];
  for (const q of [SECRET, mine.conversation]) {
    lists.push(await bea.must("POST", "/api/conversations/search", { q }));
  }
  expect(JSON.stringify(lists)).not.toContain(mine.conversation);
  // After all this it is as Ana has left it, and opens by its link to whoever has it.
  const chat = await ana.must("GET", `/api/conversations/${mine.conversation}`);
  expect(chat.messages).toHaveLength(2);
  await nobody.must("POST", "/api/shared", { token: mine.shareToken });
}, 600_000);
