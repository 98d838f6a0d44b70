/** `charla eval bias`. */
import type { Ground } from "../../../core/feature.ts";
import { biasOf } from "../begin.ts";
import { wrongValue } from "../errors.ts";
import { BIAS_LANGUAGES } from "../safety/pairs.ts";
import type { Tools } from "../tools.ts";
import { whole } from "./numbers.ts";
import { measure } from "./run.ts";

export interface BiasOptions {
  readonly model?: readonly string[];
  readonly lang?: string;
  readonly seed?: string;
  readonly json?: boolean;
}

export async function biasCommand(
  { model, lang, seed: wanted, json }: BiasOptions,
  tools: () => Promise<Tools>,
  ground: Ground,
): Promise<void> {
  const seed = whole("--seed", wanted, 0);
  const language = BIAS_LANGUAGES.find((one) => one === lang);
  if (lang !== undefined && !language) throw wrongValue("--lang", lang, BIAS_LANGUAGES.join(", "));
  await measure(
    ground,
    tools,
    {
      models: model,
      body: (models) => ({ kind: "bias", models, language, seed }),
      begin: (models) => biasOf({ models, language, seed }, ground.settings.version),
    },
    json,
  );
}
