/** `charla eval` with the name of what a feature measures of itself, which needs no model. */
import { SOLO } from "../../../core/access.ts";
import type { Ground } from "../../../core/feature.ts";
import { measureOf } from "../measures/begin.ts";
import type { Tools } from "../tools.ts";
import { beginBeside, followed, PATH } from "./beside.ts";
import { whole } from "./numbers.ts";
import { runHere, show } from "./run.ts";

export interface MeasureOptions {
  readonly seed?: string;
  readonly json?: boolean;
}

export async function measureCommand(
  measure: string,
  { seed: wanted, json }: MeasureOptions,
  tools: () => Promise<Tools>,
  ground: Ground,
): Promise<void> {
  const seed = whole("--seed", wanted, 0);
  const { language, settings } = ground;
  const server = await ground.running(PATH);
  if (server) {
    const id = await beginBeside(server, { kind: "measure", measure, seed });
    return show(await followed(server, id, language), language, json);
  }
  const { plan, content } = await measureOf(ground.measures(), { measure, seed }, settings.version);
  await runHere(ground, await tools(), (store) => store.add(SOLO.id, plan, content), json);
}
