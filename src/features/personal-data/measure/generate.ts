/** Makes a set of texts with labelled places from a seed. */
import type { Kind } from "../kinds.ts";
import { DISGUISES, PLAIN } from "./disguises.ts";
import * as identifiers from "./identifiers.ts";
import { NEAR_MISSES } from "./near-misses.ts";
import { address, birthdate, postcode } from "./persons.ts";
import { Random } from "./random.ts";
import { BARE, type Language, SENTENCES, WORDS } from "./sentences.ts";

export interface Label {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
}

export interface Sample {
  readonly text: string;
  readonly labels: readonly Label[];
  /** How it was written, or which near miss it is. */
  readonly variant: string;
  readonly heldOut: boolean;
}

/** Known by their form and check digits; each is generated so many times in each language. */
export const STRUCTURED = [
  "dni",
  "nie",
  "cif",
  "nss",
  "iban",
  "card",
  "phone",
  "email",
  "ip",
  "secret",
  "passport",
  "plate",
  "health",
] as const;
const CONTEXTUAL = ["birthdate", "address", "postcode"] as const;
/** These have a form that others share, so they are always called by their name. */
const NAMED: readonly Kind[] = ["passport", "plate", "health", ...CONTEXTUAL];
const MAKE = { ...identifiers };
const EACH = 60;
/** Of the set whose figures are published. */
export const SEED = 20_261;
const DISGUISED = 0.3;
const LANGUAGES: readonly Language[] = ["es", "en"];

export function generate(seed: number): readonly Sample[] {
  const random = new Random(seed);
  const samples: Sample[] = [];
  for (const language of LANGUAGES) {
    for (const kind of [...STRUCTURED, ...CONTEXTUAL]) {
      for (let count = 0; count < EACH; count++) samples.push(positive(random, kind, language));
    }
    for (const miss of NEAR_MISSES) {
      for (let count = 0; count < EACH / 3; count++) {
        const at = random.int(0, miss.sentences[language].length - 1);
        const text = (miss.sentences[language][at] as string).replace("{v}", () =>
          miss.make(random),
        );
        samples.push({ text, labels: [], variant: miss.name, heldOut: count % 3 === 2 });
      }
    }
  }
  return samples;
}

function positive(
  random: Random,
  kind: (typeof STRUCTURED | typeof CONTEXTUAL)[number],
  language: Language,
): Sample {
  const named = NAMED.includes(kind) || random.chance(0.6);
  const sentences = (named ? SENTENCES : BARE)[language];
  const at = random.int(0, sentences.length - 1);
  const disguise =
    kind !== "secret" && kind !== "address" && random.chance(DISGUISED)
      ? random.pick(DISGUISES)
      : PLAIN;
  const value = disguise.put(makeValue(kind, language, random), random);
  const word = random.pick(WORDS[kind]?.[language] ?? [kind]);
  const sentence = (sentences[at] as string).replaceAll("{w}", word);
  const start = sentence.indexOf("{v}");
  const text = sentence.replace("{v}", () => value);
  const labels = [{ kind, start, end: start + value.length }];
  return { text, labels, variant: disguise.name, heldOut: at % 3 === 2 };
}

function makeValue(
  kind: (typeof STRUCTURED | typeof CONTEXTUAL)[number],
  language: Language,
  random: Random,
): string {
  if (kind === "birthdate") return birthdate(language)(random);
  if (kind === "address") return address(language)(random);
  return kind === "postcode" ? postcode(random) : MAKE[kind](random);
}
