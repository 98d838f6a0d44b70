/** What the routes beside the chat ask of an engine: not a turn, so no steps stand around it. */
import type * as z from "zod";
import type { Engine, Engines } from "../../core/engine.ts";
import type { Others } from "../../core/feature.ts";
import "../../core/metered.ts";
import { type Route, route } from "../../core/route.ts";
import type { RunTurn } from "../../core/turn.ts";
import { notOffered } from "./errors.ts";
import type { Names } from "./names.ts";

/** What these routes may use. */
export interface Room {
  readonly run: RunTurn;
  readonly engines: Engines;
  readonly names: Names;
  readonly others: Pick<Others, "receipts" | "routes">;
}

type Means = "tokenize" | "detokenize" | "score" | "embed";

interface EngineRoute<Body extends z.ZodType> extends Pick<Route, "path" | "summary" | "computes"> {
  readonly body: Body;
  readonly reply: z.ZodType;
  work(engine: Engine, body: z.output<Body>, signal: AbortSignal): Promise<object>;
}

/** A route that asks the engine of the model that its body names. */
export const engineRoute = <Body extends z.ZodType<{ model?: string | undefined }>>(
  room: Room,
  { work, ...rest }: EngineRoute<Body>,
): Route =>
  route<Body>({
    ...{ method: "post", access: "chat", repeatable: true, ...rest },
    handle: ({ body, signal }) =>
      withEngine(room, body.model, signal, (engine) => work(engine, body, signal)),
  });

/** Keeps the model in memory until the work is done. */
export async function withEngine<Result>(
  { engines, names }: Room,
  model: string | undefined,
  signal: AbortSignal,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  try {
    const until = AbortSignal.any([signal, over.signal]);
    return await work(await engines.get(await names.resolve(model || undefined), until));
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
