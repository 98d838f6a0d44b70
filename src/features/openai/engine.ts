/** What the routes beside the chat ask of an engine: not a turn, so no steps stand around it. */
import type { Engine } from "../../core/engine.ts";
import type { Kit } from "../../core/feature.ts";
import { notOffered } from "./errors.ts";

type Means = "tokenize" | "detokenize" | "score" | "embed";

/** Keeps the model in memory until the work is done. */
export async function withEngine<Result>(
  kit: Kit,
  model: string | null | undefined,
  signal: AbortSignal,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  try {
    const until = AbortSignal.any([signal, over.signal]);
    return await work(await kit.engines.get(model ?? undefined, until));
  } finally {
    over.abort();
  }
}

/** @throws CharlaError `not_offered` when the engine has not the means for the route */
export function means<Name extends Means>(
  engine: Engine,
  name: Name,
  path: string,
): NonNullable<Engine[Name]> {
  const method = engine[name];
  if (!method) throw notOffered(engine.card.id, path);
  return method.bind(engine) as NonNullable<Engine[Name]>;
}
