/** `charla eval ask`. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { SOLO } from "../../../core/access.ts";
import type { Ground } from "../../../core/feature.ts";
import { askOf, isBuiltIn } from "../begin.ts";
import { setUnreadable } from "../errors.ts";
import type { Tools } from "../tools.ts";
import { decimal, whole } from "./numbers.ts";
import { runHere } from "./run.ts";
import { wishesOf } from "./wishes.ts";

export interface AskOptions {
  readonly set: string;
  readonly model?: readonly string[];
  readonly system?: string;
  readonly temperature?: string;
  readonly maxTokens?: string;
  readonly threshold?: string;
  readonly sample?: string;
  readonly lang?: string;
  readonly seed?: string;
  readonly json?: boolean;
}

export async function askCommand(
  { set, model, system, lang: language, json, ...options }: AskOptions,
  tools: Tools,
  ground: Ground,
): Promise<void> {
  const asked = {
    ...{ set: isBuiltIn(set) ? set : basename(set), system, language },
    bytes: isBuiltIn(set) ? undefined : await contentOf(set),
    sample: whole("--sample", options.sample, 1),
    maxTokens: whole("--max-tokens", options.maxTokens, 1),
    seed: whole("--seed", options.seed, 0),
    temperature: decimal("--temperature", options.temperature, 0, 2),
    threshold: decimal("--threshold", options.threshold, 0, 1),
  };
  const models = await wishesOf(model, tools);
  const { plan, content } = await askOf({ ...asked, models }, ground.settings.version);
  await runHere(ground, tools, (store) => store.add(SOLO.id, plan, content), json);
}

/** @throws CharlaError `evaluation_set_unreadable` */
export async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw setUnreadable(file, (cause as NodeJS.ErrnoException).code ?? "?", cause);
  }
}
