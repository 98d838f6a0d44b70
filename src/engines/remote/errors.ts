/**
 * What can go wrong with a remote server -> the one class of error. The server's own words are a
 * text from outside, which may repeat what somebody has asked or what a prompt keeps secret: only
 * who has no accounts, and so is the one who set it up, is told them, without anything of the
 * question, and no log is (`words` in `core/errors.ts`).
 */
import { CharlaError, type ErrorOptions } from "../../core/errors.ts";
import { modelNotFound } from "../../core/refusals.ts";
import type { Message } from "../../core/types.ts";

/** Whose errors they are. */
export interface From {
  readonly origin: string;
  /** Several people ask by it. */
  readonly shared: boolean;
}

/** An answer with an error status. */
export interface Refusal {
  readonly status: number;
  /** Model that was asked for. */
  readonly model?: string | undefined;
  /** What was sent along. */
  readonly asked?: readonly Message[] | undefined;
  /** Value of the `Retry-After` header. */
  readonly retryAfter?: string | null | undefined;
  /** Its body. */
  readonly body?: string | undefined;
}

export function refused(from: From, refusal: Refusal): CharlaError {
  const { status, model, body, asked = [] } = refusal;
  const server = from.origin;
  const fail = (code: string, options: ErrorOptions) =>
    new CharlaError(code, { ...options, params: { server, ...options.params } });
  if (status === 401 || status === 403) {
    return fail("remote_key_refused", {
      status: 502,
      retryable: false,
      message: "The model server {server} refused the key ({status}).",
      hint: "Set the right key in CHARLA_REMOTE_KEY and start Charla again.",
      params: { status },
    });
  }
  if (status === 404) return model === undefined ? unreadable(from) : modelNotFound(model);
  const said = readError(body);
  const reason = ["HTTP", status, said.code].filter(Boolean).join(" ");
  const own = from.shared || repeats(said.words, asked) ? "" : said.words;
  const params = { reason, words: own === "" ? "" : `: ${own}` };
  if (status === 429) {
    return fail("remote_busy", {
      status: 429,
      retryAfter: seconds(refusal.retryAfter),
      message: "The model server {server} is busy ({reason}){words}",
      hint: "Wait a moment and ask again.",
      params,
    });
  }
  if (status >= 500 && status !== 501) {
    return fail("remote_failed", {
      status: 502,
      retryable: true,
      retryAfter: seconds(refusal.retryAfter),
      message: "The model server {server} failed ({reason}){words}",
      hint: "Ask again in a moment; if it goes on, its own log has the details.",
      params,
    });
  }
  return fail("remote_refused", {
    status: 400,
    message: "The model server {server} refused the request ({reason}){words}",
    hint: "Its own log has the details; another server or model may take it as it is.",
    params,
  });
}

/** Whatever a request to the server threw. */
export function failed(
  from: From,
  thrown: unknown,
  { model, messages: asked }: { model?: string; messages?: readonly Message[] } = {},
): CharlaError {
  if (thrown instanceof CharlaError) return thrown;
  if (!(thrown instanceof Error)) {
    // An event of its stream: `{message, code}`, the code sometimes an HTTP status.
    const { code } = Object(thrown);
    const status = typeof code === "number" && code >= 400 ? code : 500;
    return refused(from, { status, model, asked, body: JSON.stringify({ error: thrown }) });
  }
  const code = networkCode(thrown);
  if (code.includes("TIMEOUT") && code !== "UND_ERR_CONNECT_TIMEOUT") return stalled(from);
  return new CharlaError("remote_unreachable", {
    status: 502,
    retryable: true,
    message: "The model server {server} cannot be reached ({reason}).",
    hint: "Check that it runs and that CHARLA_REMOTE_URL is its address.",
    params: { server: from.origin, reason: code },
  });
}

export function brokeOff({ origin: server }: Pick<From, "origin">): CharlaError {
  return new CharlaError("remote_broke_off", {
    status: 502,
    retryable: true,
    message: "The model server {server} broke off in the middle of an answer.",
    hint: "Ask again; the part that was written is kept.",
    params: { server },
  });
}

export function stalled({ origin: server }: Pick<From, "origin">): CharlaError {
  return new CharlaError("remote_stalled", {
    status: 504,
    retryable: true,
    message: "The model server {server} has gone silent.",
    hint: "Ask again; if it goes on, see whether the server is overloaded.",
    params: { server },
  });
}

export function unreadable({ origin: server }: Pick<From, "origin">): CharlaError {
  return new CharlaError("remote_unreadable", {
    status: 502,
    retryable: false,
    message: "What {server} answers is not what an OpenAI-compatible server says.",
    hint: "Check CHARLA_REMOTE_URL; the address usually ends in /v1.",
    params: { server },
  });
}

/** The innermost error code ("ECONNREFUSED"), which is where fetch hides its reason. */
function networkCode(thrown: unknown): string {
  let code = "network error";
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ("code" in error && typeof error.code === "string") code = error.code;
  }
  return code;
}

/** What the body of a refusal says: a code, where it is one, and one line of at most 300 characters. */
function readError(body = ""): { code: string | undefined; words: string } {
  try {
    const { error, message, detail } = JSON.parse(body);
    const { code, type } = Object(error);
    const words = [error?.message, error, message, detail].find((one) => typeof one === "string");
    const names = [code, type].filter((one) => /^[a-z]+(_[a-z]+){1,9}$/.test(String(one)));
    return { code: names[0], words: oneLine(words ?? "") };
  } catch {
    // A proxy's page or plain text, which is nothing that a server means to say.
    return { code: undefined, words: "" };
  }
}

const oneLine = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, 300);

/** Letters in a row that no two texts have in common by chance, and those of a text that says little. */
const MATCH = 12;
const LITTLE = 4;

/** Whether an error has a piece of what was asked in it, however it is quoted or escaped there. */
function repeats(words: string, asked: readonly Message[]): boolean {
  const found = lettersOf(words);
  return asked.some(({ content }) => {
    const text = lettersOf(content);
    if (text.length < MATCH) return text.length > LITTLE && found.includes(text);
    for (let at = 0; at + MATCH <= found.length; at++) {
      if (text.includes(found.slice(at, at + MATCH))) return true;
    }
    return false;
  });
}

const lettersOf = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

/** `Retry-After` in seconds, from either of its two forms. */
function seconds(header: string | null | undefined): number | undefined {
  if (!header) return undefined;
  const value = Number.isNaN(Number(header))
    ? (Date.parse(header) - Date.now()) / 1000
    : Number(header);
  return Number.isFinite(value) ? Math.max(0, Math.ceil(value)) : undefined;
}
