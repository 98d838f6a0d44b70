/**
 * What is asked of the model process beside answers: to count and to cut texts, which needs no slot,
 * and to score and to embed them, which takes one. Either waits its turn in its person's name, and
 * whoever asks for much asks in pieces, between which others are let in.
 */
import { whoAsksIfAny } from "../../../core/access.ts";
import type { Embeddings, Replayed, TokenLogprob } from "../../../core/extras.ts";
import { cancelled } from "../../errors.ts";
import type { Calls, Score, Window } from "../process/protocol.ts";
import { Gate } from "./gate.ts";
import type { Supervisor } from "./supervisor.ts";
import { windows } from "./windows.ts";
import { type Ground, persist } from "./work.ts";

/** For what was not counted; English has about four. */
const CHARACTERS_A_TOKEN = 4;
/** Texts that are cut at once: all, and of one person. The process goes from one to the next. */
const DESKS = 4;
const DESKS_OF_ONE = 2;
/** Texts of so many characters together are embedded before others are let in. */
const EMBEDDED_AT_ONCE = 2048;

type Cheap = "count" | "tokenize" | "detokenize";

type HowScored = Omit<Score, keyof Window>;

interface Rooms extends Ground {
  readonly supervisor: Supervisor;
  /** To the slots. */
  readonly gate: Gate;
}

export class Texts {
  readonly #room: Rooms;
  readonly #desk: Gate;

  /** @param waitSeconds longest wait for a desk */
  constructor(room: Rooms, waitSeconds: number) {
    this.#room = room;
    this.#desk = new Gate({
      ...{ slots: DESKS, userSlots: DESKS_OF_ONE, waitSeconds },
      ...{ queue: 256, userQueue: 32 },
    });
  }

  /** @param characters how long it is, for the order of those who wait */
  cheap<Name extends Cheap>(
    call: Name,
    takes: Calls[Name]["takes"],
    characters: number,
    signal: AbortSignal = NEVER,
  ): Promise<Calls[Name]["parts"]> {
    return this.#inTurn(this.#desk, characters / CHARACTERS_A_TOKEN, signal, async () => {
      const [part] = await this.#ask(call, takes, signal);
      return part as Calls[Name]["parts"];
    });
  }

  /** @param size of a window, in tokens */
  async score(
    tokens: readonly number[],
    size: number,
    takes: HowScored,
    signal: AbortSignal,
  ): Promise<readonly TokenLogprob[]> {
    const scored: TokenLogprob[] = [];
    for (const window of tokens.length > 0 ? windows(tokens, size) : []) {
      for (const one of await this.scoreWindow(window, takes, signal)) scored.push(one);
    }
    return scored;
  }

  async scoreWindow(
    window: Window,
    takes: HowScored,
    signal: AbortSignal,
  ): Promise<readonly TokenLogprob[]> {
    if (window.tokens.length === 0) return [];
    const work = () => this.#ask("score", { ...window, ...takes }, signal);
    return (await this.#inTurn(this.#room.gate, window.tokens.length, signal, work)).flat();
  }

  async replay(
    takes: Calls["replay"]["takes"],
    size: number,
    signal: AbortSignal,
  ): Promise<readonly Replayed[]> {
    const work = () => this.#ask("replay", takes, signal);
    return (await this.#inTurn(this.#room.gate, size, signal, work)).flat();
  }

  async embed(texts: readonly string[], signal: AbortSignal): Promise<Embeddings> {
    const vectors: (readonly number[])[] = [];
    let promptTokens = 0;
    for (const some of together(texts)) {
      const work = () => this.#ask("embed", { texts: some }, signal);
      const size = charactersOf(some) / CHARACTERS_A_TOKEN;
      const [part] = await this.#inTurn(this.#room.gate, size, signal, work);
      vectors.push(...(part?.vectors ?? []));
      promptTokens += part?.promptTokens ?? 0;
    }
    return { vectors, promptTokens };
  }

  async #inTurn<Result>(
    gate: Gate,
    promptTokens: number,
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const user = whoAsksIfAny()?.id ?? "";
    const wish = { user, promptTokens: Math.ceil(promptTokens), maxTokens: 1 };
    const ticket = await gate.enter(wish, signal, () => {});
    try {
      return await work();
    } finally {
      gate.leave(ticket);
    }
  }

  /** @throws CharlaError `turn_cancelled` when it was aborted before its end */
  async #ask<Name extends Cheap | "score" | "replay" | "embed">(
    call: Name,
    takes: Calls[Name]["takes"],
    signal: AbortSignal,
  ): Promise<Calls[Name]["parts"][]> {
    const parts = await persist(this.#room, signal, async (channel) => {
      const parts: Calls[Name]["parts"][] = [];
      const running = channel.call(call, takes, (part) => parts.push(part));
      signal.addEventListener("abort", running.cancel, { once: true });
      if (signal.aborted) running.cancel();
      try {
        await running.done;
      } catch (thrown) {
        if (!signal.aborted) throw thrown;
      } finally {
        signal.removeEventListener("abort", running.cancel);
      }
      return parts;
    });
    if (!parts || signal.aborted) throw cancelled();
    this.#room.supervisor.answered();
    return parts;
  }
}

const NEVER = new AbortController().signal;

/** Short texts travel together, each long one alone. */
function* together(texts: readonly string[]): Generator<readonly string[]> {
  let some: string[] = [];
  for (const text of texts) {
    if (some.length > 0 && charactersOf(some) + text.length > EMBEDDED_AT_ONCE) {
      yield some;
      some = [];
    }
    some.push(text);
  }
  if (some.length > 0) yield some;
}

export const charactersOf = (texts: readonly string[]): number =>
  texts.reduce((sum, { length }) => sum + length, 0);
