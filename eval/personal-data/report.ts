/** The figures as a page. */

import { wilson } from "../../src/core/statistics.ts";
import type { Kind } from "../../src/features/personal-data/kinds.ts";
import { STRUCTURED } from "../../src/features/personal-data/measure/generate.ts";
import { add, type Counts, type Judged } from "../../src/features/personal-data/measure/judge.ts";
import type { Streamed } from "../../src/features/personal-data/measure/stream.ts";
import type { ByModel } from "./names.ts";
import type { Speed } from "./speed.ts";

export interface Figures {
  readonly seed: number;
  readonly machine: string;
  readonly spans: number;
  readonly texts: number;
  readonly developed: Judged;
  readonly heldOut: Judged;
  readonly byHand: Judged;
  readonly byHandTexts: number;
  readonly streamed: Streamed;
  readonly speeds: readonly Speed[];
  readonly model: ByModel | null;
}

const percent = (hits: number, all: number): string => {
  if (all === 0) return "–";
  const shares = [hits / all, ...wilson({ hits, of: all })];
  const [share, low, high] = shares.map((one) => (100 * one).toFixed(1));
  return `${share} (${low} to ${high})`;
};
const recall = ({ found, missed }: Counts) => percent(found, found + missed);
const precision = ({ found, wrong }: Counts) => percent(found, found + wrong);

const isStructured = (kind: Kind): boolean => (STRUCTURED as readonly Kind[]).includes(kind);
const table = (judged: Judged): string => {
  const kinds = [...judged.byKind].filter(([kind]) => kind !== "name");
  const line = (name: string, counts: Counts) =>
    `| ${name} | ${counts.found + counts.missed} | ${recall(counts)} | ${precision(counts)} |`;
  const part = (structured: boolean) => kinds.filter(([kind]) => isStructured(kind) === structured);
  const sum = (structured: boolean) => add(part(structured).map(([, counts]) => counts));
  return [
    "| Kind | Spans | Recall, % | Precision, % |",
    "|---|---|---|---|",
    ...part(true).map(([kind, counts]) => line(kind, counts)),
    line("**structured, all**", sum(true)),
    ...part(false).map(([kind, counts]) => line(kind, counts)),
    line("**known by their context, all**", sum(false)),
  ].join("\n");
};

const variants = (judged: Judged): string =>
  [...judged.byVariant]
    .map(([name, counts]) => {
      const spans = counts.found + counts.missed;
      return `| ${name} | ${spans || "–"} | ${spans ? recall(counts) : "–"} | ${counts.wrong} |`;
    })
    .join("\n");

const mistakes = (judged: Judged, most: number): string => {
  const lines = judged.mistakes.slice(0, most).map(({ what }) => `- ${what.replaceAll("\n", " ")}`);
  return lines.length === 0 ? "None." : lines.join("\n");
};

export function toMarkdown(figures: Figures): string {
  const { developed, heldOut, byHand, streamed, model } = figures;
  return `# How well personal data is found

Written by \`npm run eval:personal-data -- --write\`, seed ${figures.seed}, on ${figures.machine}. A place counts
as found when kind, beginning and end are those of the label. Intervals are Wilson's at 95 %. What is
generated says how the rules keep to themselves, not how people write: for that, read the texts written by
hand, and do not expect these figures of your own documents.

## Generated

${figures.texts} texts in Spanish and English with ${figures.spans} labelled places, and near misses without
any: wrong check digits, orders, invoices, books, versions, amounts, dates, code. The generators have check
digits of their own and share no code with the recognisers. A third of the sentences were held out:
nobody looked at what goes wrong in them while the recognisers were made. At the first look the structured
kinds there had a recall of 99.0 % (97.8 to 99.6; 519 of 524) and a precision of 98.9 % (97.5 to 99.5): five
telephones had taken the parenthesis of their sentence along, and 721.82.10.23, an impossible address, was
taken for a telephone. Both were mended, so the tables below are no longer an estimate for unseen texts. Targets for structured
identifiers: recall of 99 % and precision of 98 %.

### Held out

${table(heldOut)}

### The others

${table(developed)}

### By the way of writing, and near misses (held out)

| Way of writing, or near miss | Spans | Recall, % | Falsely found |
|---|---|---|---|
${variants(heldOut)}

What went wrong, held out:

${mistakes(heldOut, 20)}

## Written by hand

${figures.byHandTexts} letters, CVs, tickets, e-mails, code and logs, labelled by hand before the first run.

${table(byHand)}

What goes wrong in them now:

${mistakes(byHand, 30)}

${FIRST_RUN}

## In a stream

${streamed.texts} texts in pieces of 1 to 8 characters: ${streamed.different} came to something else than the whole
text. Held back after a piece: ${streamed.meanHeld.toFixed(1)} characters on average, ${streamed.mostHeld} at most (a key in PEM goes
out when its end is there).

## Speed

By the time of the processor (garbage collection on other cores included), best of three:

${figures.speeds.map(({ what, megabytesPerSecond }) => `- ${what}: ${megabytesPerSecond.toFixed(1)} MB/s`).join("\n")}

## Names and addresses by the local model

${byModelText(model)}
`;
}

const FIRST_RUN = `At the first run over these texts, before anything was mended, 1 of 79 structured places was missed and
4 things were taken for one: a telephone with its country's code and no sign ("34 622 913 405", where the
label was wrong as well), a number of a parcel that begins with 00, a version behind the word "cliente", and the
network 10.0.0.0/8. One address was false: the building 40 Wall Street, which is nobody's home. All but
the last were mended, so the table is no longer an estimate for unseen texts; the first run is.`;

function byModelText(model: ByModel | null): string {
  if (!model) return "Not run.";
  const line = (name: string, counts: Counts) =>
    `| ${name} | ${counts.found + counts.missed} | ${recall(counts)} | ${counts.wrong} |`;
  return `The policy's \`names = "model"\`, off by default, with ${model.model}, on ${model.texts} of the
same texts (${model.without} without any) after what has a form was masked: ${(model.seconds / model.texts).toFixed(1)} s a text on a busy machine.

| | Not found by form | Found, % | Falsely found |
|---|---|---|---|
${line("names", model.names)}
${line("addresses", model.addresses)}

The starter model has 135 million parameters and speaks nearly no Spanish: nobody should rely on it for
this. A larger model does better; run \`npm run eval:personal-data -- --model FILE\` with yours before you
believe it.`;
}
