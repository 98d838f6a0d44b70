/**
 * An answer of a remote server, as it comes: our own reader, because the AI SDK's client takes
 * nearly twice the time for each token (docs/decisions/0011).
 * Sources: the OpenAI API reference, "Chat completions, streaming"; WHATWG HTML, section 9.2.
 */
import type { Request as Asked } from "../../core/engine.ts";
import { CharlaError } from "../../core/errors.ts";
import { Thinking } from "../../core/thinking.ts";
import type { Ending, Text } from "../../core/types.ts";
import { Calls, read, type Said } from "./chunk.ts";
import { type Connection, connect } from "./connection.ts";
import { brokeOff, failed, refused, unreadable } from "./errors.ts";
import { MAX_BYTES } from "./limit.ts";
import { bodyOf } from "./request.ts";
import type { Server } from "./server.ts";
import { Template } from "./template.ts";

/** Asks; what the server refuses is thrown. */
export async function answerOf(
  server: Server,
  model: string,
  asked: Pick<Asked, "messages" | "sampling" | "extras" | "signal" | "user">,
  onEvent: () => void,
): Promise<Answer> {
  const body = { ...bodyOf(server.kind, model, asked), cache_salt: server.saltOf(asked.user) };
  const connection = await connect(server, "chat/completions", JSON.stringify(body), asked.signal);
  const { statusCode: status = 0, headers } = connection.response;
  try {
    if (status < 200 || status >= 300) {
      const retryAfter = headers["retry-after"];
      const body = await connection.text();
      throw refused(server, { ...{ model, status, retryAfter, body }, asked: asked.messages });
    }
    // Some servers and gateways do not stream, whatever they are asked.
    const answer = new Answer(connection, server, { ...asked, model }, onEvent);
    const type = headers["content-type"] ?? "";
    if (/\bhtml\b/.test(type)) throw unreadable(server);
    if (/\bjson\b/.test(type)) answer.readWhole(await connection.text());
    return answer;
  } catch (thrown) {
    connection.close();
    throw thrown;
  }
}

/** The pieces as they come, and how it ended; counts that the server does not send are 0. */
export class Answer {
  readonly #connection: Connection;
  readonly #server: Server;
  readonly #asked: Pick<Asked, "messages"> & { readonly model: string };
  readonly #onEvent: () => void;
  readonly #template = new Template();
  readonly #thinking = new Thinking();
  readonly #calls = new Calls();
  /** What has been read, and how much of it was given. */
  #pieces: (string | Text)[] = [];
  #given = 0;
  /** Of the event that has not ended: its data, its last line, and how long it is already. */
  #data: string | undefined;
  #rest = "";
  #length = 0;
  #over = false;
  #reason: Ending["reason"] | undefined;
  #usage: Said["usage"];

  /** @param onEvent called whenever the server says anything at all */
  constructor(
    connection: Connection,
    server: Server,
    asked: Pick<Asked, "messages"> & { readonly model: string },
    onEvent: () => void,
  ) {
    this.#connection = connection;
    this.#server = server;
    this.#asked = asked;
    this.#onEvent = onEvent;
  }

  /** Undefined when there are no more. */
  async next(): Promise<string | Text | undefined> {
    while (this.#given === this.#pieces.length) {
      this.#pieces = [];
      this.#given = 0;
      if (this.#over) return undefined;
      const text = await this.#connection.read().catch((thrown: unknown) => {
        const error = failed(this.#server, thrown);
        throw error.code === "remote_unreachable" ? brokeOff(this.#server) : error;
      });
      this.#onEvent();
      if (text === undefined) this.#end();
      else this.#read(text);
    }
    return this.#pieces[this.#given++];
  }

  get ending(): Ending {
    if (this.#reason === undefined) throw brokeOff(this.#server);
    const { prompt_tokens, completion_tokens, prompt_tokens_details } = this.#usage ?? {};
    const { cached_tokens } = Object(prompt_tokens_details);
    return {
      reason: this.#reason,
      promptTokens: count(prompt_tokens),
      // It may tell what another person has asked: not every server keeps people apart.
      cachedTokens: this.#server.shared ? 0 : count(cached_tokens),
      completionTokens: count(completion_tokens),
    };
  }

  /** Nothing more of it is wanted. */
  close(): void {
    this.#connection.close();
  }

  /** An answer that has come at once, as one text of JSON. */
  readWhole(text: string): void {
    this.#event(text);
    this.#reason ??= "stop";
    this.#end();
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
    if (this.#length > MAX_BYTES) throw unreadable(this.#server);
  }

  #line(raw: string): void {
    // A stream may open with a byte order mark, and lines end in two ways.
    const line = raw.replace(/^\uFEFF|\r$/g, "");
    if (line.startsWith("data:")) {
      const data = line.slice(line[5] === " " ? 6 : 5);
      this.#data = this.#data === undefined ? data : `${this.#data}\n${data}`;
    }
    if (line !== "" || this.#data === undefined) return;
    const data = this.#data;
    this.#data = undefined;
    this.#length = 0;
    this.#event(data);
  }

  #event(data: string): void {
    // Some servers never say why they end.
    if (data.trim() === "[DONE]") this.#reason ??= "stop";
    if (/^\s*(\[DONE\])?\s*$/.test(data)) return;
    const like = this.#template.read(data);
    if (like !== undefined) {
      if (like !== "") this.#tell(like);
      return;
    }
    const said = this.#understand(data);
    this.#usage = said.usage ?? this.#usage;
    if (said.reasoning !== "") {
      this.#pieces.push({ type: "text", text: "", reasoning: said.reasoning });
    }
    if (said.text !== "" || said.tokens) this.#tell(said.text, said.tokens);
    if (said.reason) {
      const limit = said.reason === "length" || said.reason === "max_tokens";
      this.#reason = limit ? "length" : "stop";
    } else if (said.plain && said.text !== "") this.#template.learn(data, said.text, contentOf);
  }

  #tell(text: string, tokens?: Said["tokens"]): void {
    this.#pieces.push(...this.#thinking.push(text, tokens));
  }

  #understand(data: string): Said {
    let chunk: { readonly error?: unknown };
    try {
      chunk = JSON.parse(data);
      if (Object(chunk) === chunk && !Array.isArray(chunk) && chunk.error == null) {
        const said = read(chunk as Record<string, unknown>);
        for (const part of said.calls) this.#calls.add(part);
        return said;
      }
    } catch {
      throw unreadable(this.#server);
    }
    if (chunk?.error == null) throw unreadable(this.#server);
    throw failed(this.#server, chunk.error, this.#asked);
  }

  /** What was held back, when the server says nothing more. */
  #end(): void {
    this.#over = true;
    const rest = [this.#rest, ""];
    this.#rest = "";
    try {
      // The last event may lack the empty line after it.
      for (const line of rest) this.#line(line);
    } catch (thrown) {
      // Half an event is none; that it broke off is told by the missing reason.
      if (this.#reason !== undefined || CharlaError.from(thrown).code !== "remote_unreadable")
        throw thrown;
    }
    this.#pieces.push(...this.#thinking.finish());
    for (const toolCall of this.#calls.take()) {
      this.#pieces.push({ type: "text", text: "", toolCall });
    }
  }
}

const contentOf = (data: string) => JSON.parse(data).choices[0].delta.content;

const count = (value: unknown) => (typeof value === "number" && value >= 0 ? value : 0);
