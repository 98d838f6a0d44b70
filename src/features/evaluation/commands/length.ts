/** `charla eval length`. */
import type { Ground } from "../../../core/feature.ts";
import { lengthOf } from "../begin.ts";
import { wrongValue } from "../errors.ts";
import type { Tools } from "../tools.ts";
import { whole } from "./numbers.ts";
import { textOf } from "./perplexity.ts";
import { measure } from "./run.ts";

export interface LengthOptions {
  readonly text: string;
  readonly model?: readonly string[];
  readonly lengths?: string;
  readonly needles?: string;
  readonly lang?: string;
  readonly seed?: string;
  readonly json?: boolean;
}

export async function lengthCommand(
  { text, model, lang: language, json, ...numbers }: LengthOptions,
  tools: () => Promise<Tools>,
  ground: Ground,
): Promise<void> {
  const { name, content } = await textOf(text, ground);
  const lengths = numbers.lengths?.split(",").map((one) => {
    const length = whole("--lengths", one, LEAST);
    if (length === undefined) throw wrongValue("--lengths", numbers.lengths ?? "", "512,1024,…");
    return length;
  });
  const how = {
    ...{ language, lengths, needles: whole("--needles", numbers.needles, 1) },
    seed: whole("--seed", numbers.seed, 0),
  };
  await measure(
    ground,
    tools,
    {
      models: model,
      body: (models) => ({ kind: "length", models, text: { name, content }, ...how }),
      begin: (models) => lengthOf({ ...how, name, content, models }, ground.settings.version),
    },
    json,
  );
}

/** Tokens: in fewer there is no room for the facts. */
const LEAST = 256;
