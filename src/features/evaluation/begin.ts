/** From what was asked for to a plan: the same for the terminal and for HTTP. */
import { hash } from "node:crypto";
import { noneRight, wrongValue } from "./errors.ts";
import { LENGTH_LANGUAGES } from "./length/facts.ts";
import type {
  AskPlan,
  BiasPlan,
  LengthPlan,
  PerplexityPlan,
  RobustPlan,
  SpeedPlan,
  Wish,
} from "./plan.ts";
import type { Protocol } from "./protocols.ts";
import { BIAS_LANGUAGES, ownPairs } from "./safety/pairs.ts";
import { canBeRight } from "./safety/try.ts";
import { builtIn } from "./sets/built-in.ts";
import { type Item, item } from "./sets/item.ts";
import { BUILT_IN, type BuiltIn } from "./sets/names.ts";
import { type ReadOptions, readSet } from "./sets/read.ts";
import { readTexts } from "./texts/read.ts";

/** A plan with the text or the questions that the run keeps. */
export interface Begun<Plan> {
  readonly plan: Plan;
  readonly content: string;
}

interface Measured {
  readonly models: readonly Wish[];
  /** Of the text's file, and what is in it. */
  readonly name: string;
  readonly content: string;
  readonly language?: string | undefined;
  readonly seed?: number | undefined;
}

interface Read extends Measured {
  readonly protocol: Protocol;
  readonly context?: number | undefined;
  readonly stride?: number | undefined;
  readonly windows?: number | undefined;
}

/** As the tools that the protocols come from have it. */
const CONTEXT: Readonly<Record<Protocol, number>> = { llama: 512, strided: 512, bits: 2048 };
export const SEED = 12_345;

/** A model of the library: "id" or "id+adapter". */
export function wishOf(text: string): Wish {
  const [model = "", adapter] = text.split("+", 2);
  return { model, ...(adapter && { adapter }) };
}

/** @throws CharlaError `evaluation_text_unusable`, `invalid_setting` */
export function perplexityOf(
  { models, name, content, language, protocol, seed = SEED, ...asked }: Read,
  version: string,
): Begun<PerplexityPlan> {
  const read = kept(name, content, language);
  const context = asked.context ?? CONTEXT[protocol];
  const stride = asked.stride ?? Math.floor(context / 2);
  if (stride > context) throw wrongValue("--stride", String(stride), `1 … ${context}`);
  return {
    plan: {
      ...{ kind: "perplexity", models: [...models], source: read.source },
      ...{ protocol, context, stride, seed, version, windows: asked.windows },
    },
    content: read.content,
  };
}

/** Tokens of a prompt and an answer, and how often each is measured. */
const SPEED = { prefill: 512, decode: 64, rounds: 3 } as const;

/** @throws CharlaError `evaluation_text_unusable` */
export function speedOf(
  { models, name, content, language, seed = SEED }: Measured,
  version: string,
): Begun<SpeedPlan> {
  const read = kept(name, content, language);
  return {
    plan: {
      ...{ kind: "speed", models: [...models], source: read.source },
      ...{ ...SPEED, seed, version },
    },
    content: read.content,
  };
}

/**
 * Charla's own pairs.
 *
 * @param language "en" or "es"; both when absent
 * @throws CharlaError `invalid_setting`
 */
export function biasOf(
  { models, language, seed = SEED }: Pick<Measured, "models" | "language" | "seed">,
  version: string,
): Begun<BiasPlan> {
  const languages = BIAS_LANGUAGES.filter((one) => language === undefined || one === language);
  if (languages.length === 0) throw wrongValue("--lang", `${language}`, BIAS_LANGUAGES.join(", "));
  const pairs = languages.flatMap((one) => ownPairs(one));
  const content = pairs.map((one) => JSON.stringify(one)).join("\n");
  return {
    plan: {
      ...{ kind: "bias", models: [...models], seed, version },
      source: {
        ...{ name: "own-pairs", bytes: Buffer.byteLength(content), documents: pairs.length },
        digest: hash("sha256", content, "hex"),
        ...{ languages: [...languages], licence: "Apache-2.0" },
      },
    },
    content,
  };
}

/** Tokens of the windows, and where in them a fact stands. */
const LENGTHS = [512, 1024, 2048, 4096, 8192, 16_384, 32_768] as const;
const DEPTHS = [0, 0.25, 0.5, 0.75, 1] as const;

interface Long extends Measured {
  readonly lengths?: readonly number[] | undefined;
  readonly needles?: number | undefined;
}

/** @throws CharlaError `evaluation_text_unusable`, `invalid_setting` */
export function lengthOf(
  { models, name, content, language, lengths = LENGTHS, needles = 2, seed = SEED }: Long,
  version: string,
): Begun<LengthPlan> {
  const wanted = LENGTH_LANGUAGES.filter((one) => language === undefined || one === language);
  const read = kept(name, content, language);
  const { source } = read;
  const languages = wanted.filter((one) => source.languages.includes(one));
  // In a language of which there is no text, there is nothing to hide a fact in.
  if (languages.length === 0)
    throw wrongValue("--lang", `${language}`, LENGTH_LANGUAGES.join(", "));
  return {
    plan: {
      ...{ kind: "length", models: [...models], source: { ...source, languages } },
      ...{ lengths: [...lengths], depths: [...DEPTHS], needles, seed, version },
    },
    content: read.content,
  };
}

function kept(name: string, content: string, language: string | undefined) {
  const { source, documents } = readTexts(name, content, language);
  // The language of a plain text stands nowhere in it.
  const lines = documents.map((one) => JSON.stringify({ text: one.text, lang: one.language }));
  return { source, content: lines.join("\n") };
}

export interface Questions {
  readonly models: readonly Wish[];
  /** Of a set that comes with Charla, or of a file. */
  readonly set: string;
  /** Of the file; absent for a set that comes with Charla. */
  readonly bytes?: Uint8Array | undefined;
  readonly language?: string | undefined;
  readonly sample?: number | undefined;
  readonly system?: string | undefined;
  readonly temperature?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly threshold?: number | undefined;
  readonly seed?: number | undefined;
}

/** Of an answer: what is asked for is a sentence or two. */
const MAX_TOKENS = 128;
/** What the article calls similar. */
const THRESHOLD = 0.8;

export const isBuiltIn = (name: string): name is BuiltIn =>
  BUILT_IN.some((known) => known === name);

/** @throws CharlaError `evaluation_set_...`, `invalid_setting` */
export async function askOf(
  { models, set, bytes, seed = SEED, ...asked }: Questions,
  version: string,
): Promise<Begun<AskPlan>> {
  const { items, of, digest, size } = bytes
    ? await readOf(set, bytes, { ...asked, seed })
    : ownOf(set, asked);
  const { temperature = 0, maxTokens = MAX_TOKENS, threshold = THRESHOLD, system } = asked;
  const content = items.map((one) => JSON.stringify(one)).join("\n");
  const told = (list: readonly string[]) => [...new Set(list)];
  return {
    plan: {
      ...{ kind: "ask", models: [...models], of, seed, threshold, version },
      ...(system && { system }),
      sampling: { temperature, topP: 1, maxTokens },
      source: {
        ...{ name: set, bytes: size, documents: items.length },
        digest: digest ?? hash("sha256", content, "hex"),
        languages: told(items.map(({ lang }) => lang)),
        licence: told(items.map(({ licence }) => licence))
          .slice(0, 5)
          .join(", "),
      },
    },
    content,
  };
}

/**
 * The questions that have a right answer, to be asked as they are and written carelessly.
 *
 * @throws CharlaError `evaluation_set_...`, `invalid_setting`
 */
export async function robustOf(
  asked: Omit<Questions, "threshold">,
  version: string,
): Promise<Begun<RobustPlan>> {
  const { plan, content } = await askOf(asked, version);
  const { threshold: _similar, ...rest } = plan;
  const lines = content.split("\n").filter((line) => canBeRight(item.parse(JSON.parse(line))));
  if (lines.length === 0) throw noneRight(plan.source.name);
  const source = { ...plan.source, documents: lines.length };
  return { plan: { ...rest, source, kind: "robust" }, content: lines.join("\n") };
}

type Part = Pick<Questions, "language" | "sample"> & { readonly seed: number };

async function readOf(file: string, bytes: Uint8Array, { language, sample, seed }: Part) {
  const options: ReadOptions = {
    ...(language !== undefined && { lang: language }),
    ...(sample !== undefined && { sample: { count: sample, seed } }),
  };
  const { items, of } = await readSet(file, () => [bytes], options);
  const digest = hash("sha256", bytes, "hex");
  return { items, of, digest, size: bytes.length };
}

/** @throws CharlaError `invalid_setting` for a name that is none */
function ownOf(name: string, { language, sample }: Pick<Questions, "language" | "sample">) {
  if (!isBuiltIn(name)) throw wrongValue("--set", name, [...BUILT_IN, "FILE"].join(", "));
  const lang = (["en", "es"] as const).find((one) => one === language);
  const all: readonly Item[] = builtIn(name, lang);
  const items = all.slice(0, sample);
  const size = items.reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)), 0);
  return { items, of: all.length, digest: undefined, size };
}
