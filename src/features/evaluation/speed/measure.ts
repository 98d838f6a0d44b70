/** How fast a model reads and writes, and how much memory it takes: one round, to be repeated. */
import * as z from "zod";
import type { Engine } from "../../../core/engine.ts";
import type { Ending } from "../../../core/types.ts";
import type { SpeedPlan } from "../plan.ts";

export const round = z.object({
  /** Tokens of the prompt that were computed, and how long that took. */
  promptTokens: z.number(),
  prefillMs: z.number(),
  /** Tokens of the answer behind the first, and how long they took. */
  tokens: z.number(),
  decodeMs: z.number(),
  /** Resident memory of the model process; 0 where it is not known. */
  memoryBytes: z.number(),
});
export type Round = z.output<typeof round>;

/** Nothing that a model would end after a word. */
const WISH = "Write down what you know about the following text, and go on for as long as you can.";

export async function measureSpeed(
  engine: Engine,
  text: string,
  plan: SpeedPlan,
  { place, adapter, signal }: { place: number; adapter: string | undefined; signal: AbortSignal },
): Promise<Round> {
  const content = await fitting(engine, `${WISH}\n\n${text}`, plan.prefill);
  const extras = adapter === undefined ? {} : { adapter };
  const pieces = engine.generate({
    messages: [{ role: "user", content }],
    sampling: { temperature: 0, topP: 1, maxTokens: plan.decode, seed: plan.seed + place },
    // With nothing from the cache: the prompt is to be read.
    reproducible: true,
    ...{ extras, signal },
  });
  let first: number | undefined;
  let ending: Ending | undefined;
  for await (const piece of pieces) {
    if (typeof piece !== "string" && !("type" in piece)) ending = piece;
    else if (typeof piece === "string" || piece.type === "text") first ??= performance.now();
  }
  const ended = performance.now();
  signal.throwIfAborted();
  if (!ending) throw new TypeError("an engine says how its answer ended");
  const { promptTokens, cachedTokens, completionTokens, timings } = ending;
  return {
    promptTokens: promptTokens - cachedTokens,
    prefillMs: timings?.prefillMs ?? 0,
    tokens: Math.max(0, completionTokens - 1),
    decodeMs: timings?.decodeMs ?? ended - (first ?? ended),
    memoryBytes: engine.load?.().memoryBytes ?? 0,
  };
}

/** As much of the text as makes a prompt of about so many tokens. */
async function fitting(engine: Engine, text: string, tokens: number): Promise<string> {
  const size = async (length: number) =>
    engine.countTokens([{ role: "user", content: text.slice(0, length) }]);
  const wanted = Math.min(tokens, Math.floor(engine.card.contextWindow / 2));
  let [low, high] = [0, text.length];
  while (high - low > 16) {
    const middle = (low + high) >> 1;
    if ((await size(middle)) > wanted) high = middle;
    else low = middle;
  }
  return text.slice(0, Math.max(1, low));
}
