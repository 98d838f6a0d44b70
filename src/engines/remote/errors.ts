/**
 * What can go wrong with a remote server -> the one class of error. The server's own words are
 * shown, except where it refuses the key: some servers repeat a part of it.
 */
import { CharlaError, type ErrorOptions } from "../../core/errors.ts";
import { modelNotFound } from "../errors.ts";

/** An answer with an error status. */
export interface Refusal {
  readonly status: number;
  /** Model that was asked for. */
  readonly model?: string | undefined;
  /** Value of the `Retry-After` header. */
  readonly retryAfter?: string | null | undefined;
  /** Its body. */
  readonly body?: string | undefined;
}

export function refused(server: string, refusal: Refusal): CharlaError {
  const { status, model, body } = refusal;
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
  if (status === 404) return model === undefined ? unreadable(server) : modelNotFound(model);
  const reason = ownWords(body) || `HTTP ${status}`;
  if (status === 429) {
    return fail("remote_busy", {
      status: 429,
      retryAfter: seconds(refusal.retryAfter),
      message: "The model server {server} is busy: {reason}",
      hint: "Wait a moment and ask again.",
      params: { reason },
    });
  }
  if (status >= 500 && status !== 501) {
    return fail("remote_failed", {
      status: 502,
      retryable: true,
      retryAfter: seconds(refusal.retryAfter),
      message: "The model server {server} failed: {reason}",
      hint: "Ask again in a moment; if it goes on, its own log has the details.",
      params: { reason },
    });
  }
  return fail("remote_refused", {
    status: 400,
    message: "The model server {server} refused the request: {reason}",
    hint: "Change what it names; another server or model may take it as it is.",
    params: { reason },
  });
}

/** Whatever a request to the server threw. */
export function failed(server: string, thrown: unknown, model?: string): CharlaError {
  if (thrown instanceof CharlaError) return thrown;
  if (!(thrown instanceof Error)) {
    // An event of its stream: `{message, code}`, the code sometimes an HTTP status.
    const { code } = Object(thrown);
    const status = typeof code === "number" && code >= 400 ? code : 500;
    return refused(server, { status, model, body: JSON.stringify(thrown) });
  }
  const code = networkCode(thrown);
  if (code.includes("TIMEOUT") && code !== "UND_ERR_CONNECT_TIMEOUT") return stalled(server);
  return new CharlaError("remote_unreachable", {
    status: 502,
    retryable: true,
    message: "The model server {server} cannot be reached ({reason}).",
    hint: "Check that it runs and that CHARLA_REMOTE_URL is its address.",
    params: { server, reason: code },
  });
}

export function brokeOff(server: string): CharlaError {
  return new CharlaError("remote_broke_off", {
    status: 502,
    retryable: true,
    message: "The model server {server} broke off in the middle of an answer.",
    hint: "Ask again; the part that was written is kept.",
    params: { server },
  });
}

export function stalled(server: string): CharlaError {
  return new CharlaError("remote_stalled", {
    status: 504,
    retryable: true,
    message: "The model server {server} has gone silent.",
    hint: "Ask again; if it goes on, see whether the server is overloaded.",
    params: { server },
  });
}

export function unreadable(server: string): CharlaError {
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

/** At most one line of 300 characters of what the server says. */
function ownWords(body = ""): string {
  let words: unknown = body;
  try {
    const { error, message, detail } = JSON.parse(body);
    words = error?.message ?? error ?? message ?? detail ?? body;
  } catch {
    // Not JSON: a proxy's page or plain text, shown as it is.
  }
  const line = typeof words === "string" ? words : JSON.stringify(words);
  return line.replace(/\s+/g, " ").trim().slice(0, 300);
}

/** `Retry-After` in seconds, from either of its two forms. */
function seconds(header: string | null | undefined): number | undefined {
  if (!header) return undefined;
  const value = Number.isNaN(Number(header))
    ? (Date.parse(header) - Date.now()) / 1000
    : Number(header);
  return Number.isFinite(value) ? Math.max(0, Math.ceil(value)) : undefined;
}
