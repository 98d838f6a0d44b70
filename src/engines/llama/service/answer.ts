/**
 * One answer, over as many processes as it takes: it goes on in a new process after the tokens that
 * it gave in the old one. Where the same seed has to give the same answer, it is computed again from
 * the start, and what was given already is compared and not given again.
 */
import { personOf } from "../../../core/access.ts";
import type { Piece, Request } from "../../../core/engine.ts";
import type { Drawing, Timings } from "../../../core/extras.ts";
import { Thinking } from "../../../core/thinking.ts";
import type { Ending } from "../../../core/types.ts";
import type { Began, Written } from "../process/protocol.ts";
import type { Ticket } from "./admission.ts";
import type { Channel } from "./channel.ts";
import { Comparison, type TextPart } from "./comparison.ts";
import type { Counters } from "./counters.ts";
import { stopped } from "./errors.ts";
import type { Gate } from "./gate.ts";
import { Mailbox, type Unread } from "./mailbox.ts";
import { type Ground, persist } from "./work.ts";

export interface Room extends Ground {
  readonly gate: Gate;
  readonly counters: Counters;
  readonly unread: Unread;
  readonly sharesCaches: boolean;
}

/** @param promptTokens its size, for the queue; a guess will do */
export function answer(room: Room, request: Request, promptTokens: number): AsyncIterable<Piece> {
  const left = new AbortController();
  const signal = AbortSignal.any([request.signal, left.signal]);
  const box = new Mailbox(room.unread, () => left.abort());
  const one = new Answer(room, { ...request, signal }, box, promptTokens);
  one.run().then(
    () => box.end(),
    (error) => box.end(error),
  );
  return box;
}

class Answer {
  readonly #room: Room;
  readonly #request: Request;
  readonly #box: Mailbox;
  readonly #promptTokens: number;
  /** Token ids and text that the reader has been given. */
  readonly #given: number[] = [];
  #text = "";
  #toolCalls = 0;
  #drawing: Drawing | undefined;
  #thinking: Thinking;
  #cachedTokens = 0;
  #restoredTokens = 0;
  /** What a process said of it. */
  #ending: Ending | undefined;
  readonly #enteredAt = performance.now();
  /** That it was computed in. */
  #processes = 0;
  /** When the prompt was begun, and when the first text came; 0 before that. */
  #beganAt = 0;
  #firstAt = 0;

  constructor(room: Room, request: Request, box: Mailbox, promptTokens: number) {
    this.#room = room;
    this.#request = request;
    this.#box = box;
    this.#promptTokens = promptTokens;
    this.#thinking = new Thinking(request.extras?.raw && null);
  }

  async run(): Promise<void> {
    const { gate, counters, supervisor } = this.#room;
    const { user = "", sampling, signal } = this.#request;
    const wish = {
      ...{ user: personOf(user), promptTokens: this.#promptTokens },
      maxTokens: sampling.maxTokens,
    };
    const ticket = await gate.enter(wish, signal, (waiting) => this.#box.put(waiting));
    counters.requests += 1;
    try {
      const work = (channel: Channel) => this.#ask(channel, ticket);
      const ending = await persist(this.#room, signal, work);
      if (ending) supervisor.answered();
      if (signal.aborted) counters.cancelled += 1;
      this.#ending = ending;
      this.#tell(this.#thinking.finish());
      const firstTokenAt = this.#computedAt;
      this.#box.put({ ...(ending ?? this.#cut()), firstTokenAt, timings: this.#timings() });
    } finally {
      this.#countPrompt();
      gate.leave(ticket);
    }
  }

  async #ask(channel: Channel, ticket: Ticket): Promise<Ending> {
    const { user = "", messages, sampling, reproducible, extras, signal } = this.#request;
    const given = this.#given.length;
    this.#processes += 1;
    if (given >= sampling.maxTokens) return { ...this.#cut(), reason: "length" };
    const { name, sharesCaches } = this.#room;
    const owner = sharesCaches ? undefined : user;
    const again =
      reproducible && given > 0
        ? new Comparison(this.#given, this.#text, this.#toolCalls)
        : undefined;
    const resume = again || given === 0 ? undefined : [...this.#given];
    let ending: Ending | undefined;
    let differs = false;
    const onPart = (part: Written | Ending) => {
      if (differs) return;
      if ("began" in part) return this.#began(part.began, ticket);
      if (!("ids" in part)) {
        ending = part;
        return;
      }
      const fresh = again ? again.add(part) : part;
      if (fresh === "differs") {
        differs = true;
        running.cancel();
      } else if (fresh) this.#give(fresh, ticket);
    };
    const drawing = resume && this.#drawing;
    const asked = { owner, messages, sampling, reproducible, extras, resume, drawing };
    const running = channel.call("generate", asked, onPart);
    signal.addEventListener("abort", running.cancel, { once: true });
    if (signal.aborted) running.cancel();
    await running.done.finally(() => signal.removeEventListener("abort", running.cancel));
    if (differs || (again && !again.over && !signal.aborted)) {
      throw stopped(name, "the answer came out differently");
    }
    if (!ending) throw stopped(name, "the process did not say how its answer ended");
    return ending;
  }

  /** Only the first time counts: to read the prompt again after a death is no other prompt. */
  #began(caches: Began, ticket: Ticket): void {
    if (this.#beganAt > 0) return;
    this.#thinking = new Thinking(this.#request.extras?.raw ? null : caches.thought);
    this.#beganAt = performance.now();
    this.#cachedTokens = caches.cachedTokens;
    this.#restoredTokens = caches.restoredTokens;
    this.#room.gate.began(ticket, caches.cachedTokens);
  }

  /** What the caches saved of a prompt is counted with the prompt, and is never more than it. */
  #countPrompt(): void {
    const { counters } = this.#room;
    const { promptTokens } = this.#ending ?? this.#cut();
    counters.promptTokens += promptTokens;
    const cachedTokens = Math.min(this.#cachedTokens, promptTokens);
    counters.cachedTokens += cachedTokens;
    counters.restoredTokens += Math.min(this.#restoredTokens, promptTokens - cachedTokens);
  }

  #give({ text, ids, tokens, toolCall, drawing }: TextPart, ticket: Ticket): void {
    const { gate, counters } = this.#room;
    this.#drawing = drawing;
    this.#firstAt ||= performance.now();
    for (const id of ids) this.#given.push(id);
    this.#text += text;
    if (toolCall) this.#toolCalls += 1;
    counters.completionTokens += ids.length;
    gate.wrote(ticket, ids.length);
    this.#tell(toolCall ? this.#thinking.finish() : this.#thinking.push(text, tokens));
    if (toolCall) this.#box.put({ type: "text", text, tokens, toolCall });
  }

  #tell(pieces: readonly Piece[]): void {
    for (const piece of pieces) this.#box.put(piece);
  }

  /** The ending of an answer that was stopped where no process can say it. */
  #cut(): Ending {
    return {
      reason: "stop",
      promptTokens: this.#beganAt > 0 ? this.#promptTokens : 0,
      cachedTokens: this.#cachedTokens,
      completionTokens: this.#given.length,
    };
  }

  /** When the first token was computed; its text may come much later, as that of a call does. */
  get #computedAt(): number | undefined {
    const { timings } = this.#ending ?? {};
    if (!timings || this.#processes > 1) return undefined;
    return Math.min(this.#firstAt || performance.now(), this.#beganAt + timings.prefillMs);
  }

  /** On one clock, over all processes. */
  #timings(): Timings {
    const now = performance.now();
    const beganAt = this.#beganAt || now;
    const firstAt = this.#computedAt ?? (this.#firstAt || now);
    return {
      queueMs: beganAt - this.#enteredAt,
      prefillMs: firstAt - beganAt,
      decodeMs: now - firstAt,
    };
  }
}
