/**
 * One answer while it is written. Readers take from its text by offset, each at its own pace, so
 * a slow one costs nothing and a new one gets all that it missed.
 */
import { randomUUIDv7 as newId } from "node:crypto";
import type { Waiting } from "../../core/types.ts";
import type { ChatMessage, StreamEvent } from "./api.ts";

const HIGH_SURROGATE = /[\uD800-\uDBFF]$/;

export class Run {
  readonly owner: string;
  readonly conversationId: string;
  readonly answerId = newId();
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
  /** Half of a character, whose other half is in the next delta. */
  #half = "";

  constructor(owner: string, conversationId: string) {
    this.owner = owner;
    this.conversationId = conversationId;
    this.finished = this.#finished.promise;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Ends the answer early; what is written stays. */
  cut(as: "stopped" | "interrupted"): void {
    this.cutAs ??= as;
    this.#abort.abort();
  }

  /** Tells readers the place in the engine's queue, until there is text. */
  wait(waiting: Waiting): void {
    this.#waiting = waiting;
    this.#wake();
  }

  /** Adds what a database can hold and a reader can decode: whole characters, no NUL. */
  append(delta: string): void {
    if (!this.answer) throw new TypeError("text before the start of an answer");
    const text = this.#half + delta.replaceAll("\0", "\uFFFD");
    this.#half = HIGH_SURROGATE.exec(text)?.[0] ?? "";
    const whole = text.slice(0, text.length - this.#half.length).toWellFormed();
    this.answer = { ...this.answer, content: this.answer.content + whole };
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
    for (let at = from; ; ) {
      const changed = this.#changed.promise;
      const waiting = this.#waiting;
      const text = this.answer?.content.slice(at) ?? "";
      if (text !== "") {
        at += text.length;
        yield { type: "text", text };
      } else if (this.#ended && this.answer) {
        yield { type: "end", message: this.answer };
        return;
      } else if (waiting && waiting !== told && this.answer?.content === "") {
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
  const text = message.content.slice(from);
  if (text !== "") yield { type: "text", text };
  yield { type: "end", message };
}
