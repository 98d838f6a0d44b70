/** `charla eval perplexity`. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { CharlaError } from "../../../core/errors.ts";
import type { Ground } from "../../../core/feature.ts";
import { perplexityOf } from "../begin.ts";
import { textUnusable, wrongValue } from "../errors.ts";
import { PROTOCOLS, type Protocol } from "../protocols.ts";
import { OWN_TEXTS, ownTexts } from "../texts/built-in.ts";
import { WIKITEXT, wikitext } from "../texts/fetched.ts";
import { decode } from "../texts/read.ts";
import type { Tools } from "../tools.ts";
import { whole } from "./numbers.ts";
import { measure } from "./run.ts";

export interface PerplexityOptions {
  readonly text: string;
  readonly model?: readonly string[];
  readonly protocol: string;
  readonly context?: string;
  readonly stride?: string;
  readonly windows?: string;
  readonly lang?: string;
  readonly seed?: string;
  readonly json?: boolean;
}

export async function perplexityCommand(
  { text, model, protocol, lang: language, json, ...numbers }: PerplexityOptions,
  tools: () => Promise<Tools>,
  ground: Ground,
): Promise<void> {
  const number = (name: keyof typeof numbers, least: number) =>
    whole(`--${name}`, numbers[name], least);
  const { name, content } = await textOf(text, ground);
  const how = {
    ...{ language, protocol: known(protocol) },
    ...{ context: number("context", 16), stride: number("stride", 1) },
    ...{ windows: number("windows", 1), seed: number("seed", 0) },
  };
  await measure(
    ground,
    tools,
    {
      models: model,
      body: (models) => ({ kind: "perplexity", models, text: { name, content }, ...how }),
      begin: (models) => perplexityOf({ ...how, name, content, models }, ground.settings.version),
    },
    json,
  );
}

/**
 * A file's, or what comes with Charla, or is fetched.
 *
 * @throws CharlaError `evaluation_text_unusable`
 */
export async function textOf(
  file: string,
  ground: Pick<Ground, "read" | "settings">,
): Promise<{ name: string; content: string }> {
  if (file === WIKITEXT.name) return wikitext(ground);
  if (file === OWN_TEXTS) return { name: `${file}.jsonl`, content: ownTexts() };
  try {
    return { name: basename(file), content: decode(file, await readFile(file)) };
  } catch (cause) {
    if (cause instanceof CharlaError) throw cause;
    throw textUnusable(file, (cause as NodeJS.ErrnoException).code ?? "?", cause);
  }
}

function known(protocol: string): Protocol {
  const found = PROTOCOLS.find((one) => one === protocol);
  if (found) return found;
  throw wrongValue("--protocol", protocol, PROTOCOLS.join(", "));
}
