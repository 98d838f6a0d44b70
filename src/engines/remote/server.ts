/**
 * The connection to a remote server: its address, its key, and how often it is tried.
 */
import { createHmac, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type * as z from "zod";
import { CharlaError } from "../../core/errors.ts";
import { connect } from "./connection.ts";
import { failed, refused, stalled, unreadable } from "./errors.ts";
import type { Kind } from "./request.ts";

export interface RemoteOptions {
  /** Base address of its API: "http://127.0.0.1:8000/v1"; `/v1` is added to a bare host. */
  readonly url: string;
  /** Sent as a bearer token; never shown or logged. */
  readonly key?: string | undefined;
  /** "name:password", for a server behind HTTP's own sign-in; never shown or logged. */
  readonly login?: string | undefined;
  /** Model that answers when a turn names none; the first of its list when absent. */
  readonly model?: string | undefined;
  /** Context window in tokens, where the server does not say or says too much. */
  readonly context?: number | undefined;
  /** Which of its models see images, by their ids; where absent, those of which it says so. */
  readonly vision?: readonly string[] | "all" | "none" | undefined;
  /** Several people ask by it, who must learn nothing of one another from its cache. */
  readonly shared?: boolean | undefined;
  /** Longest silence before the first token and between two, in milliseconds. */
  readonly silenceMs?: number | undefined;
  /** Wait before the second attempt, in milliseconds; doubled for each further one. */
  readonly retryMs?: number | undefined;
}

const ATTEMPTS = 3;
/** A server that asks for more patience, in seconds, is not waited for: the reader decides. */
const PATIENCE = 5;

/** The errors of a server that did answer. */
const REFUSALS: ReadonlySet<string> = new Set([
  "remote_busy",
  "remote_failed",
  "remote_key_refused",
  "remote_refused",
  "remote_unreadable",
]);

export class Server {
  readonly origin: string;
  /** What tells the server who asks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly shared: boolean;
  readonly silenceMs: number;
  kind: Kind = "other";
  /** With no slash at the end. */
  readonly #base: string;
  /** "?api-version=..." as Azure has it, behind every path. */
  readonly #search: string;
  readonly #retryMs: number;
  /** Of this start alone: the server learns no name by it, and cannot be asked with a guessed one. */
  readonly #secret = randomBytes(32);

  constructor(options: RemoteOptions) {
    const { url, key, login, shared = false, silenceMs = 120_000, retryMs = 500 } = options;
    const { origin, pathname, search, username } = new URL(url);
    if (username !== "") throw new TypeError("a name and a password belong into `login`");
    this.origin = origin;
    this.#base = origin + (pathname === "/" ? "/v1" : pathname.replace(/\/+$/, ""));
    this.#search = search;
    const basic = login && `Basic ${Buffer.from(login).toString("base64")}`;
    const authorization = key ? `Bearer ${key}` : basic;
    this.headers = authorization ? { authorization } : {};
    this.shared = shared;
    this.silenceMs = silenceMs;
    this.#retryMs = retryMs;
  }

  /**
   * @param path below the base address, or, with a leading slash, below its parent: llama-server,
   *   vLLM and Ollama have their own addresses beside `/v1`
   */
  address(path: string): string {
    const parent = this.#base.replace(/\/v1$/, "");
    return (path.startsWith("/") ? parent + path : `${this.#base}/${path}`) + this.#search;
  }

  /** What keeps somebody's prompts apart in the server's cache: of the known ones vLLM alone can. */
  saltOf(user = ""): string | undefined {
    if (!this.shared || this.kind !== "vllm") return undefined;
    return createHmac("sha256", this.#secret).update(user).digest("base64url");
  }

  /** Asks one of the server's small questions: GET, or POST when there is a body. */
  async ask<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    body?: object,
  ): Promise<z.output<Schema>> {
    return this.retry(async () => {
      const signal = AbortSignal.timeout(this.silenceMs);
      try {
        const sent = body && JSON.stringify(body);
        const connection = await connect(this, path, sent, signal);
        const { statusCode: status = 0, headers } = connection.response;
        const text = await connection.text().finally(() => connection.close());
        if (status < 200 || status >= 300) {
          throw refused(this, { status, retryAfter: headers["retry-after"], body: text });
        }
        return this.#read(text, schema);
      } catch (thrown) {
        throw signal.aborted ? stalled(this) : failed(this, thrown);
      }
    });
  }

  /**
   * Like `ask`, for what only some servers have: undefined when this one has it not. Gateways refuse
   * what they do not know in many ways, so any refusal means that.
   */
  async askIfThere<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    body?: object,
  ): Promise<z.output<Schema> | undefined> {
    try {
      return await this.ask(path, schema, body);
    } catch (thrown) {
      const { code } = CharlaError.from(thrown);
      if (REFUSALS.has(code)) return undefined;
      throw thrown;
    }
  }

  /** Tries again, with longer and longer waits, as long as that can help. */
  async retry<Result>(attempt: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt();
      } catch (thrown) {
        const { retryable, retryAfter = 0, code } = CharlaError.from(thrown);
        const hopeless = !retryable || retryAfter > PATIENCE || code === "remote_stalled";
        if (hopeless || tries === ATTEMPTS || signal?.aborted) throw thrown;
        const wait = Math.max(retryAfter * 1000, this.#retryMs * 2 ** (tries - 1));
        // It ends early only when the signal says so, whose reason is the error then.
        await sleep(wait, undefined, { signal }).catch(() => signal?.throwIfAborted());
      }
    }
  }

  #read<Schema extends z.ZodType>(text: string, schema: Schema): z.output<Schema> {
    try {
      return schema.parse(JSON.parse(text));
    } catch {
      throw unreadable(this);
    }
  }
}
