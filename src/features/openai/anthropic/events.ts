/**
 * Deltas as the blocks of a message and as the events that tell of them.
 * Source: Anthropic's API reference, "Streaming Messages", version 2023-06-01.
 */
import { randomUUID } from "node:crypto";
import type { ToolCall } from "../../../core/extras.ts";
import type { Delta, Finish, Start } from "../../../core/types.ts";

export type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

interface Open {
  readonly kind: "text" | "thinking";
  text: string;
}

export class Growing {
  readonly #head: Readonly<Record<string, unknown>>;
  readonly #promptTokens: number;
  readonly #content: object[] = [];
  #open: Open | undefined;
  #calls = 0;

  constructor({ model, promptTokens }: Start) {
    this.#promptTokens = promptTokens;
    this.#head = {
      id: `msg_${randomUUID().replaceAll("-", "")}`,
      ...{ type: "message", role: "assistant", model: model.id },
    };
  }

  *start(): Generator<Event> {
    const usage = usageOf(this.#promptTokens, 0, 0);
    const message = { ...this.#head, content: [], stop_reason: null, stop_sequence: null, usage };
    yield { type: "message_start", message };
    yield { type: "ping" };
  }

  *take(delta: Delta): Generator<Event> {
    if (delta.type !== "text") return;
    const { text, reasoning, toolCall } = delta;
    if (reasoning) yield* this.#write("thinking", reasoning);
    if (text !== "") yield* this.#write("text", text);
    if (toolCall) yield* this.#call(toolCall);
  }

  *end(finish: Finish): Generator<Event, object> {
    yield* this.#close();
    const { reason, promptTokens, cachedTokens, completionTokens } = finish;
    const ended = reason === "length" ? "max_tokens" : this.#calls > 0 ? "tool_use" : "end_turn";
    const delta = { stop_reason: ended, stop_sequence: null };
    const usage = usageOf(promptTokens, cachedTokens, completionTokens);
    yield { type: "message_delta", delta, usage };
    yield { type: "message_stop" };
    return { ...this.#head, content: this.#content, ...delta, usage };
  }

  *#write(kind: Open["kind"], delta: string): Generator<Event> {
    const index = this.#content.length;
    if (this.#open?.kind !== kind) {
      yield* this.#close();
      this.#open = { kind, text: "" };
      yield {
        type: "content_block_start",
        index: this.#content.length,
        content_block: blockOf(this.#open),
      };
    }
    const open = this.#open as unknown as Open;
    open.text += delta;
    const piece =
      kind === "text"
        ? { type: "text_delta", text: delta }
        : { type: "thinking_delta", thinking: delta };
    yield {
      type: "content_block_delta",
      index: this.#open ? this.#content.length : index,
      delta: piece,
    };
  }

  *#close(): Generator<Event> {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    yield { type: "content_block_stop", index: this.#content.push(blockOf(open)) - 1 };
  }

  *#call({ id, name, arguments: given }: ToolCall): Generator<Event> {
    yield* this.#close();
    this.#calls += 1;
    const index = this.#content.length;
    const use = { type: "tool_use", id, name };
    yield { type: "content_block_start", index, content_block: { ...use, input: {} } };
    const delta = { type: "input_json_delta", partial_json: given };
    yield { type: "content_block_delta", index, delta };
    this.#content.push({ ...use, input: inputOf(given) });
    yield { type: "content_block_stop", index };
  }
}

/** Arguments as a model has written them need not be JSON. */
function inputOf(given: string): unknown {
  try {
    return JSON.parse(given || "{}");
  } catch {
    return {};
  }
}

const blockOf = ({ kind, text }: Open) =>
  kind === "text" ? { type: "text", text } : { type: "thinking", thinking: text, signature: "" };

/** What was still in the engine's memory is counted apart. */
const usageOf = (prompt: number, cached: number, completion: number) => ({
  input_tokens: Math.max(0, prompt - cached),
  cache_read_input_tokens: cached,
  cache_creation_input_tokens: 0,
  output_tokens: completion,
});
