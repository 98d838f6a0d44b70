/** `charla eval robust`. */
import type { Ground } from "../../../core/feature.ts";
import { robustOf } from "../begin.ts";
import type { Tools } from "../tools.ts";
import { type AskOptions, askedOf, bodyOf } from "./ask.ts";
import { measure } from "./run.ts";

export async function robustCommand(
  { model, json, ...options }: Omit<AskOptions, "threshold">,
  tools: () => Promise<Tools>,
  ground: Ground,
): Promise<void> {
  const asked = await askedOf(options);
  await measure(
    ground,
    tools,
    {
      models: model,
      body: (models) => ({ kind: "robust", models, ...bodyOf(asked) }),
      begin: (models) => robustOf({ ...asked, models }, ground.settings.version),
    },
    json,
  );
}
