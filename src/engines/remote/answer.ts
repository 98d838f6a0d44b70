/**
 * An answer of a remote server, as it comes: our own reader, because the AI SDK's client takes
 * nearly twice the time for each token (docs/decisions/0011).
 * Sources: the OpenAI API reference, "Chat completions, streaming"; WHATWG HTML, section 9.2.
 */
import type { Request as Asked } from "../../core/engine.ts";
import type { Ending } from "../../core/types.ts";
import { type Connection, connect } from "./connection.ts";
import { brokeOff, failed, refused, unreadable } from "./errors.ts";
import { MAX_BYTES } from "./limit.ts";
import type { Server } from "./server.ts";
import { Template } from "./template.ts";

/** What is read of a chunk; a server may send anything else in its place. */
interface Chunk {
  readonly choices?: ReadonlyArray<{
    readonly delta?: { readonly content?: unknown; readonly refusal?: unknown } | null;
    readonly finish_reason?: string | null;
  }>;
  readonly usage?: {
    readonly prompt_tokens?: unknown;
    readonly completion_tokens?: unknown;
    readonly prompt_tokens_details?: { readonly cached_tokens?: unknown } | null;
  } | null;
  readonly error?: unknown;
}

/** Asks; what the server refuses is thrown. */
export async function answerOf(
  server: Server,
  model: string,
  { messages, sampling, signal, user }: Pick<Asked, "messages" | "sampling" | "signal" | "user">,
): Promise<Answer> {
  const body = JSON.stringify({
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    max_tokens: sampling.maxTokens,
    seed: sampling.seed,
    stream: true,
    stream_options: { include_usage: true },
    cache_salt: server.saltOf(user),
  });
  const connection = await connect(server, "chat/completions", body, signal);
  const { statusCode: status = 0, headers } = connection.response;
  if (status >= 200 && status < 300) return new Answer(connection, server, model);
  try {
    const words = await connection.text();
    const retryAfter = headers["retry-after"];
    throw refused(server.origin, { status, model, retryAfter, body: words });
  } finally {
    connection.close();
  }
}

/** The pieces as they come, and how it ended; counts that the server does not send are 0. */
export class Answer {
  readonly #connection: Connection;
  readonly #origin: string;
  readonly #shared: boolean;
  readonly #model: string;
  readonly #template = new Template();
  /** What has been read, and how much of it was given. */
  #pieces: string[] = [];
  #given = 0;
  /** Of the event that has not ended: its data, its last line, and how long it is already. */
  #data: string | undefined;
  #rest = "";
  #length = 0;
  #reason: Ending["reason"] | undefined;
  #usage: Chunk["usage"];

  constructor(connection: Connection, { origin, shared }: Server, model: string) {
    this.#connection = connection;
    this.#origin = origin;
    this.#shared = shared;
    this.#model = model;
  }

  /** Undefined when there are no more. */
  async next(): Promise<string | undefined> {
    while (this.#given === this.#pieces.length) {
      this.#pieces = [];
      this.#given = 0;
      const text = await this.#connection.read().catch((thrown: unknown) => {
        const error = failed(this.#origin, thrown);
        throw error.code === "remote_unreachable" ? brokeOff(this.#origin) : error;
      });
      if (text === undefined) return undefined;
      this.#read(text);
    }
    return this.#pieces[this.#given++];
  }

  get ending(): Ending {
    if (this.#reason === undefined) throw brokeOff(this.#origin);
    return {
      reason: this.#reason,
      promptTokens: count(this.#usage?.prompt_tokens),
      // It may tell what another person has asked: not every server keeps people apart.
      cachedTokens: this.#shared ? 0 : count(this.#usage?.prompt_tokens_details?.cached_tokens),
      completionTokens: count(this.#usage?.completion_tokens),
    };
  }

  /** Nothing more of it is wanted. */
  close(): void {
    this.#connection.close();
  }

  #read(text: string): void {
    this.#length += text.length;
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      this.#line(this.#rest + text.slice(from, end));
      this.#rest = "";
      from = end + 1;
    }
    this.#rest += text.slice(from);
    if (this.#length > MAX_BYTES) throw unreadable(this.#origin);
  }

  #line(raw: string): void {
    // A stream may open with a byte order mark, and lines end in two ways.
    const line = raw.replace(/^\uFEFF|\r$/g, "");
    if (line.startsWith("data:")) {
      const data = line.slice(line[5] === " " ? 6 : 5);
      this.#data = this.#data === undefined ? data : `${this.#data}\n${data}`;
    }
    if (line !== "" || this.#data === undefined) return;
    this.#event(this.#data);
    this.#data = undefined;
    this.#length = 0;
  }

  #event(data: string): void {
    if (data === "[DONE]") return;
    const like = this.#template.read(data);
    if (like !== undefined) {
      if (like !== "") this.#pieces.push(like);
      return;
    }
    const chunk = parse(data, this.#origin);
    if (chunk.error != null) throw failed(this.#origin, chunk.error, this.#model);
    this.#usage = chunk.usage ?? this.#usage;
    const choice = chunk.choices?.[0];
    const { content, refusal } = choice?.delta ?? {};
    const reason = choice?.finish_reason;
    if (reason) this.#reason = reason === "length" ? "length" : "stop";
    const text = textOf(content, this.#origin) + textOf(refusal, this.#origin);
    if (text === "") return;
    this.#pieces.push(text);
    if (reason || chunk.usage || refusal || typeof content !== "string") return;
    this.#template.learn(data, text, contentOf);
  }
}

function parse(data: string, origin: string): Chunk {
  try {
    const chunk = JSON.parse(data);
    if (Array.isArray(chunk.choices) || "error" in chunk) return chunk;
  } catch {
    // Told below.
  }
  throw unreadable(origin);
}

const contentOf = (data: string) => JSON.parse(data).choices[0].delta.content;

/** Some servers send content in parts, of which thoughts are not the answer. */
function textOf(content: unknown, origin: string): string {
  if (content == null) return "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw unreadable(origin);
  return content.map((part) => (part?.type === "text" ? textOf(part.text, origin) : "")).join("");
}

const count = (value: unknown) => (typeof value === "number" && value >= 0 ? value : 0);
