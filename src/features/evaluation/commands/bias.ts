/** `charla eval bias`. */
import { SOLO } from "../../../core/access.ts";
import type { Ground } from "../../../core/feature.ts";
import { biasOf } from "../begin.ts";
import type { Tools } from "../tools.ts";
import { whole } from "./numbers.ts";
import { runHere } from "./run.ts";
import { wishesOf } from "./wishes.ts";

export interface BiasOptions {
  readonly model?: readonly string[];
  readonly lang?: string;
  readonly seed?: string;
  readonly json?: boolean;
}

export async function biasCommand(
  { model, lang: language, seed, json }: BiasOptions,
  tools: Tools,
  ground: Ground,
): Promise<void> {
  const asked = { language, seed: whole("--seed", seed, 0) };
  const models = await wishesOf(model, tools);
  const { plan, content } = biasOf({ ...asked, models }, ground.settings.version);
  await runHere(ground, tools, (store) => store.add(SOLO.id, plan, content), json);
}
