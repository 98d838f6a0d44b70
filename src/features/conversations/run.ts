/**
 * One answer while it is written. Readers take from its text by offset, each at its own pace, so
 * a slow one costs nothing and a new one gets all that it missed.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Part } from "../../core/parts.ts";
import type { Text } from "../../core/types.ts";
import type { ChatMessage, Details, StreamEvent } from "./api.ts";
import { Growing, news } from "./growing.ts";

type Waiting = Extract<StreamEvent, { type: "waiting" }>;

export class Run {
  readonly owner: string;
  readonly conversationId: string;
  readonly answerId: string;
  /** Resolved when the answer is stored for good, or the turn never began. */
  readonly finished: Promise<void>;
  /** The answer as it is now; null until the model has taken the question. */
  answer: ChatMessage | null = null;
  /** Why it was cut; undefined while nobody cut it. */
  cutAs: "stopped" | "interrupted" | undefined;

  readonly #abort = new AbortController();
  readonly #finished = Promise.withResolvers<void>();
  #changed = Promise.withResolvers<void>();
  #ended = false;
  /** The last that was told of the place in the engine's queue. */
  #waiting: Waiting | undefined;
  #growing = new Growing();
  #begun: ChatMessage | undefined;

  /** @param answerId of an answer that is there already and is gone on with */
  constructor(owner: string, conversationId: string, answerId: string = newId()) {
    this.owner = owner;
    this.conversationId = conversationId;
    this.answerId = answerId;
    this.finished = this.#finished.promise;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The answer as it was, if it is gone on with. */
  get begun(): ChatMessage | undefined {
    return this.#begun;
  }

  /** Goes on with an answer, before anything is written. */
  resume(begun: ChatMessage): void {
    this.#begun = begun;
    this.#growing = new Growing(begun.content, begun.parts);
  }

  /** Ends the answer early; what is written stays. */
  cut(as: "stopped" | "interrupted"): void {
    this.cutAs ??= as;
    this.#abort.abort();
  }

  /** Whether the engine had no room for it, so that it waits to ask again. */
  get patient(): boolean {
    return this.#silent && this.#waiting !== undefined && this.#waiting.place === undefined;
  }

  get #silent(): boolean {
    return this.answer?.content === (this.#begun?.content ?? "");
  }

  get #thinks(): boolean {
    return (this.answer?.parts?.length ?? 0) > (this.#begun?.parts?.length ?? 0);
  }

  /** Tells readers the place in the engine's queue, until there is text. */
  wait(waiting: Waiting): void {
    this.#waiting = waiting;
    this.#wake();
  }

  /** How the answer comes to be, once more: it was asked for again. */
  restart(details: Partial<Details>): void {
    if (!this.answer) return;
    const known = this.answer.details;
    // The question has its id by now.
    const memoryBegins = known?.memoryBegins ?? null;
    this.answer = { ...this.answer, details: { ...known, ...details, memoryBegins } };
  }

  append({ text, reasoning, toolCall, toolResult, part }: Omit<Text, "type">): void {
    if (reasoning !== undefined) this.#growing.think(reasoning);
    if (toolCall)
      this.#growing.add({ type: "call", ...toolCall, at: this.#growing.content.length });
    if (toolResult) this.#growing.add({ type: "result", ...toolResult });
    if (part) this.#growing.add(part);
    if (text !== "") this.#growing.write(text);
    this.#show();
  }

  /** Nothing is written any more. */
  settle(): void {
    this.#growing.settle();
    this.#show();
  }

  #show(): void {
    if (!this.answer) throw new TypeError("text before the start of an answer");
    const { content, parts } = this.#growing;
    this.answer = { ...this.answer, content, ...(parts.length > 0 && { parts: [...parts] }) };
    this.#wake();
  }

  /** Readers get the rest, then this message, and are done. */
  end(answer: ChatMessage): void {
    this.answer = answer;
    this.#ended = true;
    this.#wake();
  }

  /** The last call, also when the turn never began. */
  release(): void {
    this.#finished.resolve();
  }

  /** @param from UTF-16 unit of the text to begin at */
  async *read(from: number): AsyncGenerator<StreamEvent> {
    yield { type: "start", details: this.answer?.details ?? {} };
    let told: Waiting | undefined;
    let known: readonly Part[] = [];
    for (let at = from; ; ) {
      const changed = this.#changed.promise;
      const waiting = this.#waiting;
      const text = this.answer?.content.slice(at) ?? "";
      const parts = this.answer?.parts ?? [];
      const fresh = [...news(known, parts)];
      if (fresh.length > 0) {
        known = parts;
        yield* fresh;
      } else if (text !== "") {
        at += text.length;
        yield { type: "text", text };
      } else if (this.#ended && this.answer) {
        yield { type: "end", message: this.answer };
        return;
      } else if (waiting && waiting !== told && this.#silent && !this.#thinks) {
        told = waiting;
        yield waiting;
      } else {
        await changed;
      }
    }
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** The same events for an answer that nobody writes any more. */
export async function* readStored(message: ChatMessage, from: number): AsyncGenerator<StreamEvent> {
  if (message.details) yield { type: "start", details: message.details };
  yield* news([], message.parts ?? []);
  const text = message.content.slice(from);
  if (text !== "") yield { type: "text", text };
  yield { type: "end", message };
}
