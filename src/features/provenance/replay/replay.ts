/**
 * Computes an answer again from its receipt. The question goes through every feature's steps as it did
 * when the answer was written, since they change what the model reads; the innermost of them then lets
 * the answer be read instead of having one written.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Engines } from "../../../core/engine.ts";
import type { DrawWish, Replayed } from "../../../core/extras.ts";
import type { LedgerEntry } from "../../../core/ledger.ts";
import { spend } from "../../../core/metered.ts";
import type { RunTurn, Step } from "../../../core/turn.ts";
import {
  DEFAULT_SAMPLING,
  type Delta,
  type Message,
  type ModelCard,
  type Turn,
} from "../../../core/types.ts";
import { fitWindow } from "../../../core/window.ts";
import type { WatermarkKey } from "../watermark/keys.ts";
import { cannotReplay, keyGone, notRepeatable } from "./errors.ts";
import { settingsOf } from "./sampler.ts";

interface Asked {
  readonly answer: string;
  readonly seed: number;
  readonly draw: DrawWish | undefined;
  done(places: readonly Replayed[], card: ModelCard): void;
}

const asked = new AsyncLocalStorage<Asked>();
const ORIGIN = "replay";

/** The innermost step of the feature, which stands inside of all that changes a question. */
export function replayStep(engines: Engines): Step {
  return (turn, next) => {
    const ask = asked.getStore();
    return ask && turn.origin === ORIGIN ? read(engines, turn, ask) : next(turn);
  };
}

async function* read(engines: Engines, turn: Turn, ask: Asked): AsyncIterable<Delta> {
  const over = new AbortController();
  const signal = AbortSignal.any([turn.signal, over.signal]);
  try {
    const engine = await engines.get(turn.model, signal);
    if (!engine.replay) throw cannotReplay(engine.card.id);
    const { contextWindow } = engine.card;
    const { draw, seed, answer } = ask;
    const extras = { ...turn.extras, ...(draw && { draw }) };
    const count = (messages: readonly Message[]) => engine.countTokens(messages, extras);
    // What the receipt does not say is how long the answer might have been.
    const { messages, ...size } = await fitWindow(
      turn.messages,
      contextWindow,
      turn.sampling.maxTokens,
      count,
    );
    const began = performance.now();
    yield {
      type: "start",
      start: { model: engine.card, seed, reproducible: true, estimated: false, ...size },
    };
    const sampling = { ...turn.sampling, seed };
    // Whoever leaves before the end has had the question read.
    spend(size.promptTokens);
    ask.done(await engine.replay({ messages, sampling, extras, answer, signal }), engine.card);
    const totalMs = performance.now() - began;
    const counts = { promptTokens: size.promptTokens, cachedTokens: 0, completionTokens: 0 };
    const times = { firstTokenMs: totalMs, totalMs, tokensPerSecond: 0 };
    yield { type: "finish", finish: { reason: "stop", ...counts, ...times } };
  } finally {
    over.abort();
  }
}

export interface Claim {
  /** Of the log. */
  readonly entry: LedgerEntry;
  readonly text: string;
  readonly prompt: readonly Pick<Message, "role" | "content">[];
  /** Another model than the default one. */
  readonly model: string | undefined;
}

interface Ground {
  readonly run: RunTurn;
  /** Those of the mark. */
  keys(): Promise<readonly WatermarkKey[]>;
}

/** @throws CharlaError `replay_settings`, `replay_key`, `replay_engine`, and what a turn throws */
export async function replayed({ run, keys }: Ground, claim: Claim, signal: AbortSignal) {
  const { entry, text: answer, prompt: messages, model } = claim;
  const { sampler = "", seed, wmKeyId } = entry;
  const settings = settingsOf(String(sampler));
  if (!settings || typeof seed !== "number" || entry.adapterSha256) {
    throw notRepeatable(String(sampler));
  }
  // A short answer was drawn by the key as well, and the entry does not name it.
  const named = /drawn by key (\S+)$/.exec(String(sampler))?.[1] ?? wmKeyId;
  const key = named ? (await keys()).find(({ id }) => id === named) : undefined;
  if (named && !key) throw keyGone(String(named));
  const draw = key && { id: key.id, key: key.key, required: true };
  const found: { places: readonly Replayed[]; card: ModelCard | undefined } = {
    places: [],
    card: undefined,
  };
  const ask: Asked = {
    ...{ answer, seed, draw },
    done: (places, card) => Object.assign(found, { places, card }),
  };
  // No template: the text was gone on with as it stood.
  const raw = entry.templateSha256 === null && ({ raw: true } as const);
  const extras = { ...settings.extras, ...raw };
  const sampling = { ...settings.sampling, maxTokens: DEFAULT_SAMPLING.maxTokens };
  const turn: Turn = {
    messages,
    sampling,
    extras,
    origin: ORIGIN,
    signal,
    ...(model && { model }),
  };
  await asked.run(ask, async () => {
    for await (const _delta of run(turn)) signal.throwIfAborted();
  });
  return found;
}
