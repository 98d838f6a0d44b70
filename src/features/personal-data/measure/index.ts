/**
 * What is measured of the search for personal data, without a model: the same figures as
 * `npm run eval:personal-data`, which adds speed and names by a model.
 */
import { casesOf, type Measured, type Measuring } from "../../../core/measure.ts";
import type { Words } from "../../../core/words.ts";
import { type Kind, labelOf } from "../kinds.ts";
import { generate, type Sample, SEED, STRUCTURED } from "./generate.ts";
import { handwritten, withoutNames } from "./handwritten.ts";
import { add, type Counts, type Judged, judge } from "./judge.ts";
import { stream } from "./stream.ts";

const isStructured = (kind: Kind): boolean => (STRUCTURED as readonly Kind[]).includes(kind);

/** By kind: how many of the places there are were found, and how many of those found are right. */
function tableOf(title: Words, { byKind }: Judged): Measured {
  const kinds = [...byKind].toSorted(
    ([a], [b]) => Number(isStructured(b)) - Number(isStructured(a)),
  );
  const row = (label: Words, { found, missed, wrong }: Counts) => ({
    label,
    shares: [
      { hits: found, of: found + missed },
      { hits: found, of: found + wrong },
    ],
  });
  const all = (structured: boolean) =>
    add(kinds.filter(([kind]) => isStructured(kind) === structured).map(([, counts]) => counts));
  return {
    title,
    columns: [
      { en: "Found (recall)", es: "Encontrados (exhaustividad)" },
      { en: "Right (precision)", es: "Acertados (precisión)" },
    ],
    rows: [
      row({ en: "known by their form, all", es: "reconocidos por su forma, todos" }, all(true)),
      row({ en: "known by context, all", es: "reconocidos por el contexto, todos" }, all(false)),
      ...kinds.map(([kind, counts]) => row({ en: labelOf(kind), es: labelOf(kind) }, counts)),
    ],
  };
}

const generated = (seed: number, heldOut: boolean): readonly Sample[] =>
  generate(seed).filter((one) => one.heldOut === heldOut);
const byHand = () => withoutNames(handwritten());

export const measuring: Measuring = {
  seed: SEED,
  cases: (seed) => casesOf([...generate(seed), ...byHand()], ["es", "en"]),
  parts: [
    async (seed) =>
      tableOf(
        { en: "Generated, sentences held out", es: "Generados, frases apartadas" },
        judge(generated(seed, true)),
      ),
    async (seed) =>
      tableOf(
        { en: "Generated, the others", es: "Generados, las demás" },
        judge(generated(seed, false)),
      ),
    async () => tableOf({ en: "Written by hand", es: "Escritos a mano" }, judge(byHand())),
    async (seed, signal) => {
      const samples = [...generate(seed), ...handwritten()];
      const { texts, different } = await stream(samples, seed, signal);
      return {
        title: {
          en: "In a stream, in pieces of 1 to 8 characters",
          es: "En un flujo, de 1 a 8 caracteres cada vez",
        },
        columns: [{ en: "As in the whole text", es: "Como en el texto entero" }],
        rows: [
          {
            label: { en: "all texts", es: "todos los textos" },
            shares: [{ hits: texts - different, of: texts }],
          },
        ],
      };
    },
  ],
  notes: [
    {
      en: "A place counts as found when kind, beginning and end are those of its label. What is generated says how the rules keep to themselves, not how people write: expect less of your own documents.",
      es: "Un dato cuenta como encontrado si tipo, principio y fin son los de su etiqueta. Lo generado dice cuánto cumplen las reglas consigo mismas, no cómo escribe la gente: espera menos en tus documentos.",
    },
    {
      en: "The rules were mended after they had seen these texts, so the figures are no estimate for unseen ones.",
      es: "Las reglas se corrigieron después de ver estos textos, así que las cifras no estiman cómo irá con otros.",
    },
  ],
};
