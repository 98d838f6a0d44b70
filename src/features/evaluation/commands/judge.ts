/** `charla eval judge`. */
import { SOLO } from "../../../core/access.ts";
import type { Ground } from "../../../core/feature.ts";
import { wrongValue } from "../errors.ts";
import { judgeOf, rubricOf } from "../judge/begin.ts";
import { RUBRIC_NAMES } from "../judge/names.ts";
import type { Tools } from "../tools.ts";
import { whole } from "./numbers.ts";
import { measure } from "./run.ts";

export interface JudgeOptions {
  readonly run?: string;
  readonly study?: string;
  readonly models: string;
  readonly judge: readonly string[];
  readonly rubric: string;
  readonly seed?: string;
  readonly json?: boolean;
}

export async function judgeCommand(
  { run, study, models, judge, rubric, seed: wanted, json }: JudgeOptions,
  tools: () => Promise<Tools>,
  ground: Ground,
): Promise<void> {
  const id = run ?? study;
  if (id === undefined || (run !== undefined && study !== undefined))
    throw wrongValue("--run, --study", `${run ?? ""}${study ?? ""}`, "--run ID | --study ID");
  const what = run === undefined ? "study" : "run";
  const [places, seed] = [placesOf(models), whole("--seed", wanted, 0)];
  const named = RUBRIC_NAMES.find((one) => one === rubric);
  await measure(
    ground,
    tools,
    {
      models: judge,
      body: (judges) => ({
        ...{ kind: "judge", what, id, places, seed, models: judges },
        rubric: named ?? { text: rubric },
      }),
      begin: (judges, store) =>
        judgeOf(
          { store, owner: SOLO.id },
          { what, id, places, seed, judges, rubric: rubricOf(rubric) },
          ground.settings.version,
        ),
    },
    json,
  );
}

/** "1,2": counted from 1, as people do. */
function placesOf(text: string): [number, number] {
  const [first, second, ...more] = text.split(",").map((one) => whole("--models", one, 1));
  if (first === undefined || second === undefined || more.length > 0 || first === second)
    throw wrongValue("--models", text, "1,2");
  return [first - 1, second - 1];
}
