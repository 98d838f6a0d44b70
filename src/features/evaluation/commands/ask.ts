/** `charla eval ask`. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Ground } from "../../../core/feature.ts";
import { askOf, isBuiltIn, type Questions } from "../begin.ts";
import { setUnreadable } from "../errors.ts";
import { decode } from "../texts/read.ts";
import type { Tools } from "../tools.ts";
import { decimal, whole } from "./numbers.ts";
import { measure } from "./run.ts";

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
  { model, json, threshold, ...options }: AskOptions,
  tools: () => Promise<Tools>,
  ground: Ground,
): Promise<void> {
  const similar = decimal("--threshold", threshold, 0, 1);
  const asked = { ...(await askedOf(options)), threshold: similar };
  const { version } = ground.settings;
  await measure(
    ground,
    tools,
    {
      models: model,
      body: (models) => ({ kind: "ask", models, ...bodyOf(asked), threshold: similar }),
      begin: (models) => askOf({ ...asked, models }, version),
    },
    json,
  );
}

/** What is asked, and how. @throws CharlaError `evaluation_set_unreadable`, `invalid_setting` */
export async function askedOf({
  set,
  system,
  lang: language,
  ...options
}: Omit<AskOptions, "threshold" | "model" | "json">) {
  return {
    ...{ set: isBuiltIn(set) ? set : basename(set), system, language },
    bytes: isBuiltIn(set) ? undefined : await contentOf(set),
    sample: whole("--sample", options.sample, 1),
    maxTokens: whole("--max-tokens", options.maxTokens, 1),
    seed: whole("--seed", options.seed, 0),
    temperature: decimal("--temperature", options.temperature, 0, 2),
  };
}

/** As the server is asked: a file goes along as its text. */
export function bodyOf({ bytes, set, ...asked }: Omit<Questions, "models" | "threshold">) {
  return { ...asked, set: bytes ? { name: set, content: decode(set, bytes) } : set };
}

/** @throws CharlaError `evaluation_set_unreadable` */
export async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw setUnreadable(file, (cause as NodeJS.ErrnoException).code ?? "?", cause);
  }
}
