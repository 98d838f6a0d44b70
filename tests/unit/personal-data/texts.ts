/** Texts for properties: words, identifiers, near misses, placeholders and what hides in between. */
import fc from "fast-check";
import { generate } from "../../../src/features/personal-data/measure/generate.ts";

const SAMPLES = generate(99);

const word = fc.constantFrom(
  ...[
    "hola",
    "DNI",
    "my",
    "card",
    "calle",
    "Mayor",
    "5",
    "nacido",
    "el",
    "ES",
    "de",
    "mayo",
    "pedido",
  ],
  ...[
    "12",
    "2024",
    "X",
    "-",
    "(",
    "tel.",
    "password:",
    "niño",
    "日本語",
    "📞",
    "-----BEGIN",
    "a@b",
    "+34",
  ],
);
const placeholder = fc
  .tuple(fc.constantFrom("DNI", "PHONE", "EMAIL", "SECRET", "FOO"), fc.integer({ min: 0, max: 4 }))
  .map(([label, number]) => `[${label}_${number}]`);
const spelling = placeholder.map((name) => name.replace("]", ".2]"));
const sample = fc.constantFrom(...SAMPLES).map(({ text }) => text);
/** What is found in one of them, without its sentence. */
const bare = fc
  .constantFrom(...SAMPLES.filter(({ labels }) => labels.length > 0))
  .map(({ text, labels }) => text.slice(labels[0]?.start, labels[0]?.end));
const gap = fc.constantFrom("", " ", " ", " ", "\n", ", ", "\u200b", "\t", "/", ".", "[", "]");
const noise = fc.string({ unit: "binary", maxLength: 8 });

const part = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 4, arbitrary: bare },
  { weight: 2, arbitrary: sample },
  { weight: 2, arbitrary: placeholder },
  { weight: 1, arbitrary: spelling },
  { weight: 1, arbitrary: noise },
);

export const anyText = fc
  .array(fc.tuple(part, gap), { maxLength: 12 })
  .map((parts) => parts.flat().join(""));

/** Cuts a text into pieces, in the middle of characters, too. */
export const chopped = fc
  .tuple(anyText, fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 20 }))
  .map(([text, sizes]) => {
    const pieces: string[] = [];
    for (let at = 0, turn = 0; at < text.length; turn++) {
      const size = sizes[turn % sizes.length] || 1;
      pieces.push(text.slice(at, at + size));
      at += size;
    }
    return { text, pieces };
  });
