/**
 * The load client: asks an OpenAI-compatible server for a streamed answer and notes when each piece
 * arrives. Nothing is parsed before the answer has ended, so that the client itself costs little.
 */
import { Agent, type IncomingMessage, request } from "node:http";
import type { Answer, Question } from "./types.ts";

export interface Server {
  /** Address of the chat completions. */
  readonly url: string;
  /** Absent where there is only one. */
  readonly model?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields that this server takes besides, such as those that forbid the end token. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly agent: Agent;
}

/** Connections stay open between requests, as every real client has it. */
export const connections = (): Agent => new Agent({ keepAlive: true, maxSockets: Infinity });

/** A piece of the answer that holds text; "reasoning_content" is a key of its own. */
const TEXT = /"content":\s*"(?!")/;

export async function ask(server: Server, question: Question): Promise<Answer> {
  const { messages, maxTokens, user, signal } = question;
  const body = JSON.stringify({
    model: question.model ?? server.model,
    messages,
    max_tokens: maxTokens,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
    ...(user === undefined ? {} : { user }),
    ...server.extra,
  });
  const deltas: number[] = [];
  const began = performance.now();
  let response: IncomingMessage | undefined;
  let raw = "";
  let failure: string | null = null;
  try {
    response = await send(server, body, signal);
    response.setEncoding("utf8");
    let read = 0;
    for await (const chunk of response) {
      const now = performance.now();
      raw += chunk;
      // Several pieces can come in one chunk, or one in two.
      for (let end = raw.indexOf("\n\n", read); end >= 0; end = raw.indexOf("\n\n", read)) {
        if (TEXT.test(raw.slice(read, end))) {
          deltas.push(now);
          question.onDelta?.(deltas.length);
        }
        read = end + 2;
      }
    }
  } catch (thrown) {
    failure = signal?.aborted ? "cancelled" : String(thrown);
  }
  const ended = performance.now();
  const status = response?.statusCode ?? 0;
  const retryAfter = response?.headers["retry-after"] ?? null;
  return { began, ended, deltas, status, retryAfter, ...read(raw, status, failure) };
}

async function send(
  server: Server,
  body: string,
  signal: AbortSignal | undefined,
  again = true,
): Promise<IncomingMessage> {
  const { url, headers } = server;
  // Another idle connection may be closed as well.
  const agent = again ? server.agent : false;
  const type = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const outgoing = request(url, {
    method: "POST",
    agent,
    headers: { ...headers, ...type },
    signal,
  });
  try {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
    return await promise;
  } catch (thrown) {
    // The server has closed an idle connection just now; every HTTP client asks again.
    if (again && outgoing.reusedSocket && !signal?.aborted) {
      return send(server, body, signal, false);
    }
    throw thrown;
  }
}

type Content = Pick<
  Answer,
  "text" | "promptTokens" | "cachedTokens" | "completionTokens" | "error" | "retryable"
>;

/** What the events of a stream, or the body of an error, say. */
export function read(raw: string, status: number, failure: string | null): Content {
  let text = "";
  let usage: Usage | undefined;
  let error: { message?: string; retryable?: boolean } | undefined;
  let done = false;
  const events = status === 200 ? raw.split("\n\n") : [`data: ${raw}`];
  for (const event of events) {
    if (!event.startsWith("data: ")) continue;
    const data = event.slice("data: ".length);
    if (data === "[DONE]") {
      done = true;
      continue;
    }
    const chunk = parse(data);
    if (!chunk) continue;
    text += chunk.choices?.[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
    if (chunk.error)
      error = typeof chunk.error === "string" ? { message: chunk.error } : chunk.error;
  }
  let reason = failure ?? error?.message ?? null;
  if (reason === null && status !== 200) reason = `status ${status}: ${raw.slice(0, 200)}`;
  if (reason === null && !done) reason = "the stream ended early";
  return {
    text,
    promptTokens: usage?.prompt_tokens ?? null,
    cachedTokens: usage?.prompt_tokens_details?.cached_tokens ?? null,
    completionTokens: usage?.completion_tokens ?? null,
    error: reason,
    retryable: error?.retryable ?? false,
  };
}

interface Usage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
}

interface Chunk {
  readonly choices?: ReadonlyArray<{ readonly delta?: { readonly content?: string | null } }>;
  readonly usage?: Usage | null;
  readonly error?: string | { readonly message?: string; readonly retryable?: boolean };
}

/** Undefined for an event that was cut, which only a broken stream has. */
function parse(data: string): Chunk | undefined {
  try {
    return JSON.parse(data) as Chunk;
  } catch {
    return undefined;
  }
}
