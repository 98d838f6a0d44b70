/** Turns as gRPC asks for them: the same as by OpenAI's API, with its limits and receipts. */
import { whoAsks } from "../../core/access.ts";
import type { House } from "../../core/feature.ts";
import { receipted } from "../../core/receipted.ts";
import { DEFAULT_SAMPLING, type Delta, type Message, type Sampling } from "../../core/types.ts";

export interface Asked {
  /** Empty for the default. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly sampling?:
    | { readonly [Name in keyof Sampling]?: Sampling[Name] | undefined }
    | undefined;
  readonly stop?: readonly string[] | undefined;
}

/** By which the default model is asked for where a protocol needs a name. */
const DEFAULT = "default";

/** As the engines know it. */
export const modelOf = (name: string) => (name === "" || name === DEFAULT ? undefined : name);

/** To be called in the name of who asks. */
export function ask(
  { run, others }: Pick<House, "run" | "others">,
  { model, messages, sampling = {}, stop = [] }: Asked,
  signal: AbortSignal,
): AsyncIterable<Delta> {
  const receipts = others.receipts();
  const all = receipts ? receipted(run, receipts, whoAsks().id) : run;
  const said = Object.entries(sampling).filter(([, value]) => value !== undefined);
  const stops = stop.filter((one) => one !== "");
  return all({
    ...{ messages, model: modelOf(model), origin: "grpc", signal },
    sampling: { ...DEFAULT_SAMPLING, ...Object.fromEntries(said) },
    stop: stops.length > 0 ? stops : undefined,
  });
}
