/** What the routes beside the chat ask of an engine: not a turn, so no steps stand around it. */
import type * as z from "zod";
import type { Engine } from "../../core/engine.ts";
import type { Kit } from "../../core/feature.ts";
import { type Route, route } from "../../core/route.ts";
import { notOffered } from "./errors.ts";

type Means = "tokenize" | "detokenize" | "score" | "embed";

interface EngineRoute<Body extends z.ZodType> extends Pick<Route, "path" | "summary"> {
  readonly body: Body;
  readonly reply: z.ZodType;
  work(engine: Engine, body: z.output<Body>, signal: AbortSignal): Promise<object>;
}

/** A route that asks the engine of the model that its body names. */
export const engineRoute = <Body extends z.ZodType<{ model?: string | null | undefined }>>(
  kit: Kit,
  { work, ...rest }: EngineRoute<Body>,
): Route =>
  route<Body>({
    ...{ method: "post", access: "chat", ...rest },
    handle: ({ body, signal }) =>
      withEngine(kit, body.model, signal, (engine) => work(engine, body, signal)),
  });

/** Keeps the model in memory until the work is done. */
async function withEngine<Result>(
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
