/**
 * How the people of the soak ask and read: to the end, in a chat of their own or by key; a byte a
 * second; not at all; or until they leave in the middle.
 */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Person } from "./people.ts";

/** What has come of a request: "whole", "left", "429", or what went wrong. */
export type Outcome = string;

export interface Reader {
  readonly name: string;
  /** Of each eight people, so many. */
  readonly share: number;
  ask(url: string, person: Person, signals: Signals): Promise<Outcome>;
}

export interface Signals {
  /** Aborted when nothing new begins. */
  readonly over: AbortSignal;
  /** Aborted when connections end. */
  readonly closing: AbortSignal;
}

/** The scripted engine says the question again, a word each 20 ms. */
const QUESTION = Array.from({ length: 50 }, () => "word").join(" ");
/** More than the system keeps for a reader who reads nothing. */
const LARGE = Array.from({ length: 50 }, () => "w".repeat(8000)).join(" ");
/** Turns of a chat before the next one begins. */
const TURNS = 4;
/** How long who stops reading holds on to a connection, in milliseconds. */
const HOLD_MS = 45_000;

const completion = (content: string) =>
  JSON.stringify({ messages: [{ role: "user", content }], stream: true });

const byKey: Reader = {
  name: "reads, by key",
  share: 2,
  async ask(url, { key }) {
    const headers = { authorization: `Bearer ${key}` };
    const body = completion(QUESTION);
    const reply = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body });
    return judge(reply.status, await reply.text(), "data: [DONE]");
  },
};

const chats = new Map<number, { path: string; parentId: string | null; turns: number }>();

const inChat: Reader = {
  name: "reads, in a chat",
  share: 2,
  async ask(url, { number, cookie }) {
    const call = async (method: string, path: string, body?: object) => {
      const json = body && JSON.stringify(body);
      const headers = { origin: url, cookie };
      const reply = await fetch(url + path, { method, headers, ...(json && { body: json }) });
      return { status: reply.status, text: await reply.text() };
    };
    let chat = chats.get(number);
    if (!chat || chat.turns === TURNS) {
      if (chat) await call("DELETE", chat.path);
      const made = await call("POST", "/api/conversations", {});
      if (made.status !== 200) return judge(made.status, made.text, "");
      chat = { path: `/api/conversations/${JSON.parse(made.text).id}`, parentId: null, turns: 0 };
      chats.set(number, chat);
    }
    const turn = { content: QUESTION, parentId: chat.parentId };
    const begun = await call("POST", `${chat.path}/turns`, turn);
    if (begun.status !== 200) return judge(begun.status, begun.text, "");
    const { answer } = JSON.parse(begun.text);
    const read = await call("GET", `${chat.path}/messages/${answer.id}/stream`);
    chat.parentId = answer.id;
    chat.turns += 1;
    return judge(read.status, read.text, '"status":"done"');
  },
};

/** Over a socket that is read as the system hands it out: so many bytes, when it is asked to. */
function slowly(everyMs: number): Reader["ask"] {
  return (url, { key }, { over, closing }) =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(url);
      const body = completion(LARGE);
      let head = "";
      const buffer = Buffer.alloc(everyMs > 0 ? 1 : 16);
      const socket = connect({
        ...{ host: hostname, port: Number(port) },
        onread: {
          buffer,
          callback(size) {
            head += buffer.toString("latin1", 0, size);
            // The status is read at once.
            if (head.length < 16) return true;
            if (everyMs > 0) setTimeout(() => socket.resume(), everyMs);
            return false;
          },
        },
      });
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}:${port}\r\n` +
          `authorization: Bearer ${key}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      // Who is there when the others go stays until it is seen what that does.
      const patience = setTimeout(() => !over.aborted && socket.destroy(), HOLD_MS);
      const close = () => socket.destroy();
      closing.addEventListener("abort", close);
      socket.on("error", () => {});
      socket.on("close", () => {
        clearTimeout(patience);
        closing.removeEventListener("abort", close);
        const status = / (\d{3})/.exec(head)?.[1] ?? "no status";
        resolve(status === "200" ? "left" : status);
      });
    });
}

const leaves: Reader = {
  name: "leaves in the middle",
  share: 1,
  async ask(url, { key, number }) {
    const leaving = AbortSignal.timeout(50 + ((number * 97) % 900));
    const headers = { authorization: `Bearer ${key}` };
    const request = { method: "POST", headers, body: completion(QUESTION), signal: leaving };
    try {
      const reply = await fetch(`${url}/v1/chat/completions`, request);
      return judge(reply.status, await reply.text(), "data: [DONE]");
    } catch (thrown) {
      if (leaving.aborted) return "left";
      throw thrown;
    }
  },
};

export const READERS: readonly Reader[] = [
  byKey,
  inChat,
  { name: "reads a byte a second", share: 1, ask: slowly(1000) },
  { name: "stops reading", share: 2, ask: slowly(0) },
  leaves,
];

/** Asks again and again, with pauses, until it is over; `tell` hears how each has gone. */
export async function live(
  url: string,
  person: Person,
  reader: Reader,
  signals: Signals,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  const pause = () => sleep(1000 + Math.random() * 4000, undefined, { signal: signals.over });
  await pause().catch(() => {});
  while (!signals.over.aborted) {
    const outcome = await reader.ask(url, person, signals).catch(broken);
    tell(outcome);
    await pause().catch(() => {});
  }
}

function broken(thrown: unknown): Outcome {
  const { cause, message } = thrown as Error;
  return `broken: ${(cause as NodeJS.ErrnoException | undefined)?.code ?? message}`;
}

/** @param ending what a whole answer has near its end */
function judge(status: number, text: string, ending: string): Outcome {
  const code = /"code":"(\w+)"/.exec(text)?.[1] ?? "";
  if (status === 429) return "429";
  if (status !== 200) return `${status} ${code}`;
  if (text.includes('data: {"error"')) return `stream: ${code}`;
  return text.includes(ending) ? "whole" : "cut";
}
