/**
 * What a hostile member does: everything that is cheap to send and dear to serve, again and again, in
 * a thread of its own, so that sending it does not slow down who measures.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { Person } from "./people.ts";

export interface Given {
  readonly url: string;
  readonly person: Person;
  /** Names of attacks; all of them where it is empty. */
  readonly only: readonly string[];
}
/** How often each status or failure came, by attack. */
export type Told = Readonly<Record<string, Readonly<Record<string, number>>>>;

interface Attack {
  readonly name: string;
  readonly method?: string;
  readonly path: string;
  readonly body?: Buffer;
  /** By the key and not by the session. */
  readonly byKey?: boolean;
  /** So many at the same time. */
  readonly atOnce?: number;
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const ask = (content: string, rest: object = {}) =>
  json({ messages: [{ role: "user", content }], ...rest });
const v1 = (name: string, path: string, body: Buffer, atOnce = 1): Attack => ({
  ...{ name, path: `/v1/${path}`, body, atOnce },
  byKey: true,
});
const chats = "/api/conversations";
const at = "2026-01-01T00:00:00.000Z";
const WORDS = "what is cheap to send is dear to serve ";

/** An export file of so many chats with so many messages each, of so many characters. */
function file(conversations: number, messages: number, characters: number): Buffer {
  const content = WORDS.repeat(characters / WORDS.length + 1).slice(0, characters);
  const message = (n: number) => ({
    ...{ id: `${n}`, parentId: n === 0 ? null : `${n - 1}`, content, createdAt: at },
    ...{ role: n % 2 === 0 ? "user" : "assistant", status: "done", error: null, details: null },
  });
  const one = {
    ...{ id: "x", title: "t", titleSource: "user", pinned: false, createdAt: at, updatedAt: at },
    ...{ settings: {}, currentId: `${messages - 1}` },
    messages: Array.from({ length: messages }, (_, n) => message(n)),
  };
  const all = Array.from({ length: conversations }, () => one);
  const head = { format: "charla.conversations", version: 1, exportedAt: at };
  return json({ ...head, conversations: all });
}

const schema = (value: unknown) => ({
  response_format: { type: "json_schema", json_schema: { name: "x", schema: value } },
});
const consts = Array.from({ length: 5000 }, (_, n) => ({ const: n }));
const secrets = Array.from({ length: 200 }, (_, n) => `sk-${String(n).repeat(50).slice(0, 50)}`);

const ATTACKS: readonly Attack[] = [
  v1("count 9 MB", "chat/completions", ask(" ".repeat(9e6))),
  v1("as much as fits", "chat/completions", ask(WORDS.repeat(700), { max_tokens: 8192 })),
  v1("n of 4", "chat/completions", ask(WORDS, { n: 4, max_tokens: 8192 })),
  v1("streams", "chat/completions", ask(WORDS, { stream: true, max_tokens: 8192 }), 3),
  v1("grammar: oneOf", "chat/completions", ask("x", schema({ oneOf: consts }))),
  v1(
    "grammar: pattern",
    "chat/completions",
    ask("x", schema({ type: "string", pattern: "(a|b|c)?".repeat(3000) })),
  ),
  v1(
    "many keys in a prompt",
    "chat/completions",
    json({
      messages: [
        { role: "system", content: secrets.join(" ") },
        { role: "user", content: "x" },
      ],
    }),
  ),
  v1("numbers line by line", "chat/completions", ask("1\n".repeat(200_000))),
  v1("tokenize", "tokenize", json({ prompt: WORDS.repeat(25_000) }), 4),
  v1("tokenize blanks", "tokenize", json({ prompt: " ".repeat(1e6) })),
  v1("score", "score", json({ text: WORDS.repeat(7000) })),
  v1("embeddings", "embeddings", json({ input: Array(60).fill(WORDS.repeat(60)) }), 2),
  { name: "deep body", path: chats, body: Buffer.from(`{"settings":${"[".repeat(10e6)}`) },
  { name: "wide body", path: chats, body: Buffer.from(`{${wide(600_000)}}`) },
  {
    name: "import of nothing",
    path: `${chats}/import`,
    body: Buffer.from(`[${"{},".repeat(33e6)}`),
  },
  { name: "import of one chat", path: `${chats}/import`, body: file(1, 5000, 1000) },
  { name: "import of many chats", path: `${chats}/import`, body: file(5000, 2, 20) },
  { name: "export", method: "GET", path: `${chats}/export`, atOnce: 2 },
  { name: "search", path: `${chats}/search`, body: json({ q: "nowhere to be found" }), atOnce: 2 },
  { name: "list", method: "GET", path: `${chats}?limit=200`, atOnce: 2 },
];

function wide(names: number): string {
  return Array.from({ length: names }, (_, n) => `"k${n}":1`).join(",");
}

/** Who is refused for the number of requests comes back when there are new ones, in milliseconds. */
const REFUSED_MS = 1000;

const { url, person, only } = workerData as Given;
const told: Record<string, Record<string, number>> = {};
let over = false;

async function again({ name, method = "POST", path, body, byKey }: Attack): Promise<void> {
  const headers = byKey
    ? { authorization: `Bearer ${person.key}` }
    : { origin: url, cookie: person.cookie, "content-type": "application/json" };
  const own: Record<string, number> = told[name] ?? {};
  told[name] = own;
  while (!over) {
    let outcome = "";
    try {
      const reply = await fetch(url + path, { method, headers, ...(body && { body }) });
      // Read and thrown away.
      for await (const _ of reply.body ?? []) if (over) break;
      outcome = String(reply.status);
    } catch (thrown) {
      const { cause, message } = thrown as Error;
      outcome = (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
    }
    if (over) return;
    own[outcome] = (own[outcome] ?? 0) + 1;
    if (outcome === "429") await sleep(REFUSED_MS);
  }
}

parentPort?.once("message", () => {
  over = true;
  parentPort?.postMessage(told satisfies Told);
});
const chosen = ATTACKS.filter(({ name }) => only.length === 0 || only.includes(name));
for (const attack of chosen) for (let n = 0; n < (attack.atOnce ?? 1); n++) void again(attack);
