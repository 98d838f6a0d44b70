/**
 * An answer of a remote server, as it comes: our own reader, because the AI SDK's client takes
 * nearly twice the time for each token (docs/decisions/0011).
 * Sources: the OpenAI API reference, "Chat completions, streaming"; WHATWG HTML, section 9.2.
 */
import type { Request as Asked } from "../../core/engine.ts";
import type { Ending } from "../../core/types.ts";
import { brokeOff, failed, refused, unreadable } from "./errors.ts";
import { limited, MAX_BYTES } from "./limit.ts";
import type { Server } from "./server.ts";

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

/** The pieces, then how it ended; counts that the server does not send are 0. */
export async function* answerOf(
  server: Server,
  model: string,
  { messages, sampling, signal }: Pick<Asked, "messages" | "sampling" | "signal">,
): AsyncGenerator<string | Ending> {
  const { origin, key } = server;
  const response = await fetch(`${server.base}/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({
      model,
      messages: messages.map(({ role, content }) => ({ role, content })),
      temperature: sampling.temperature,
      top_p: sampling.topP,
      max_tokens: sampling.maxTokens,
      seed: sampling.seed,
      stream: true,
      stream_options: { include_usage: true },
    }),
    signal,
  });
  if (!response.ok) {
    const retryAfter = response.headers.get("retry-after");
    const body = await limited(response, origin).text();
    throw refused(origin, { status: response.status, model, retryAfter, body });
  }
  let reason: Ending["reason"] | undefined;
  let usage: Chunk["usage"];
  for await (const events of read(response, origin)) {
    for (const data of events) {
      if (data === "[DONE]") continue;
      const chunk = parse(data, origin);
      if (chunk.error != null) throw failed(origin, chunk.error, model);
      usage = chunk.usage ?? usage;
      const choice = chunk.choices?.[0];
      if (choice?.finish_reason) reason = choice.finish_reason === "length" ? "length" : "stop";
      const text = textOf(choice?.delta?.content, origin) + textOf(choice?.delta?.refusal, origin);
      if (text !== "") yield text;
    }
  }
  if (reason === undefined) throw brokeOff(origin);
  yield {
    reason,
    promptTokens: count(usage?.prompt_tokens),
    cachedTokens: count(usage?.prompt_tokens_details?.cached_tokens),
    completionTokens: count(usage?.completion_tokens),
  };
}

/** The data of events, as many at once as have come at once. */
async function* read(response: Response, origin: string): AsyncGenerator<readonly string[]> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  /** Of the event that has not ended: its data, its last line, and how long it is already. */
  let data: string[] = [];
  let rest = "";
  let length = 0;
  for (;;) {
    const next = await reader?.read().catch((thrown: unknown) => {
      const error = failed(origin, thrown);
      throw error.code === "remote_unreachable" ? brokeOff(origin) : error;
    });
    if (!next || next.done) return;
    const text = decoder.decode(next.value, { stream: true });
    length += text.length;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    const events: string[] = [];
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
      if (line !== "" || data.length === 0) continue;
      events.push(data.join("\n"));
      data = [];
    }
    if (events.length > 0) length = 0;
    if (length > MAX_BYTES) throw unreadable(origin);
    yield events;
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

/** Some servers send content in parts, of which thoughts are not the answer. */
function textOf(content: unknown, origin: string): string {
  if (content == null) return "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw unreadable(origin);
  return content.map((part) => (part?.type === "text" ? textOf(part.text, origin) : "")).join("");
}

const count = (value: unknown) => (typeof value === "number" && value >= 0 ? value : 0);
