/** Asks the teacher one question, and says whether its answer is one to learn from. */
import { setTimeout as wait } from "node:timers/promises";
import { type Engine, only } from "../../../core/engine.ts";
import { CharlaError } from "../../../core/errors.ts";
import { askEngine } from "../../../core/turn.ts";
import type { Message, Sampling } from "../../../core/types.ts";
import type { Fault } from "./plan.ts";

export interface How {
  readonly sampling: Sampling;
  readonly adapter: string | undefined;
  readonly signal: AbortSignal;
  /** Before each further attempt, in milliseconds. */
  readonly waitsMs?: readonly number[];
}

export interface Said {
  readonly text: string;
  /** Its end did not fit. */
  readonly cut: boolean;
  /** SHA-256 of the adapter that was used. */
  readonly adapterDigest: string | undefined;
}

/** A server that is busy or restarts. */
const WAITS_MS = [1000, 5000, 20_000];

/** @throws CharlaError once it has failed each time; the signal's reason */
export async function say(engine: Engine, messages: readonly Message[], how: How): Promise<Said> {
  const { waitsMs = WAITS_MS, signal } = how;
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(engine, messages, how);
    } catch (thrown) {
      signal.throwIfAborted();
      const pause = waitsMs[attempt];
      if (!(thrown instanceof CharlaError) || !thrown.retryable || pause === undefined)
        throw thrown;
      await wait(pause, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

async function once(
  engine: Engine,
  messages: readonly Message[],
  { sampling, adapter, signal }: How,
): Promise<Said> {
  const thinking = engine.card.thinking?.off ? { thinking: { tokens: 0 } } : {};
  const turn = askEngine(only(engine))({
    messages: messages.map(({ role, content }) => ({ role, content })),
    ...{ sampling, origin: "training", signal },
    extras: { ...thinking, ...(adapter !== undefined && { adapter }) },
  });
  let text = "";
  for await (const delta of turn) {
    if (delta.type === "text") text += delta.text;
    if (delta.type !== "finish") continue;
    signal.throwIfAborted();
    const { reason, made } = delta.finish;
    return { text: text.trim(), cut: reason === "length", adapterDigest: made?.adapter?.digest };
  }
  throw new TypeError("a turn ends with how it ended");
}

/** What the question itself is to blame for, so that the others can still be asked. */
export function faultOf(thrown: unknown): Fault | undefined {
  if (!(thrown instanceof CharlaError)) return undefined;
  if (thrown.code === "context_length_exceeded") return "tooLong";
  // What another server takes exception to: the text, its length.
  return [400, 413, 422].includes(thrown.status) ? "failed" : undefined;
}

/** How answers begin that decline, in both languages: with a regret and what they cannot, or with that alone. */
const REGRETS =
  /^(?:(?:i['’]m|i am) (?:\w+ )?sorry|sorry|i apologi[sz]e|lo siento|perdona|disculpa|as an? (?:ai|large language|language) ?(?:model|assistant)?|como (?:modelo de lenguaje|(?:una )?ia|(?:una )?inteligencia artificial))\b/iu;
const CANNOT =
  /\b(?:(?:can['’]?t|cannot|can not|unable to|not able to|won['’]t)|no (?:puedo|podemos|me es posible|es posible|estoy en condiciones))\b/iu;
const ALONE =
  /^(?:i (?:can['’]?t|cannot|can not|won['’]t|am unable to|am not able to)|i['’]m (?:unable|not able) to|no puedo|no me es posible) (?:help|assist|comply|provide|fulfil|answer|discuss|engage|support|do (?:that|this)|ayudar|responder|proporcionar|cumplir|opinar|hacer eso|contestar|atender)/iu;
/** Characters in which a refusal says that it is one. */
const BEGINNING = 160;

/** Whether it says nothing but that it will not. */
export function declines(answer: string): boolean {
  const beginning = answer.slice(0, BEGINNING).trimStart();
  return ALONE.test(beginning) || (REGRETS.test(beginning) && CANNOT.test(beginning));
}
