/**
 * Up to which length a model finds again what stands in its window, by its own log-probabilities, so that
 * a model that answers badly can be measured, too: a fact is hidden in a text, with others of its form, its
 * beginning is repeated at the end, and what counts is whether the right word is likelier than those of the
 * others. And how well it predicts a text the further it has come.
 * Sources: Kamradt, "Needle in a haystack", 2023; Hsieh et al., "RULER", 2024 (facts of the same form beside).
 */
import * as z from "zod";
import type { Engine } from "../../../core/engine.ts";
import type { TokenLogprob } from "../../../core/extras.ts";
import { cannotScore } from "../errors.ts";
import type { LengthPlan } from "../plan.ts";
import type { Document } from "../texts/read.ts";
import { hidden, LENGTH_LANGUAGES, type LengthLanguage } from "./facts.ts";

export const needle = z.object({
  what: z.literal("needle"),
  language: z.enum(LENGTH_LANGUAGES),
  /** Tokens of the window. */
  length: z.int(),
  /** 0 is its beginning, 1 its end. */
  depth: z.number(),
  /** Whether the right word is likelier than the others of the text, by their first tokens. */
  found: z.boolean(),
  /** Minus the logarithm of the word's probability. */
  nats: z.number(),
});
export const stretch = z.object({
  what: z.literal("stretch"),
  language: z.enum(LENGTH_LANGUAGES),
  /** Tokens that a place in the window has before it, and how well what stands there is predicted. */
  parts: z.array(z.object({ from: z.int(), to: z.int(), tokens: z.int(), nats: z.number() })),
});
export const measured = z.discriminatedUnion("what", [needle, stretch]);
export type Measured = z.output<typeof measured>;

export interface Piece {
  readonly language: LengthLanguage;
  /** Absent where the text is only read. */
  readonly hide?: { readonly length: number; readonly depth: number; readonly number: number };
}

/** What is measured of a model with this window. */
export function piecesOf(plan: LengthPlan, contextWindow: number): readonly Piece[] {
  const lengths = plan.lengths.filter((length) => length <= contextWindow);
  let number = 0;
  return languagesOf(plan).flatMap((language): Piece[] => [
    { language },
    ...lengths.flatMap((length) =>
      plan.depths.flatMap((depth) =>
        Array.from({ length: plan.needles }, () => ({
          language,
          // Each time another fact, or one hard word would decide all.
          hide: { length, depth, number: number++ },
        })),
      ),
    ),
  ]);
}

export const languagesOf = ({ source }: Pick<LengthPlan, "source">): readonly LengthLanguage[] =>
  LENGTH_LANGUAGES.filter((one) => source.languages.includes(one));

interface Beside {
  readonly plan: LengthPlan;
  readonly documents: readonly Document[];
  readonly adapter: string | undefined;
  readonly signal: AbortSignal;
}

export const measurePiece = (engine: Engine, piece: Piece, beside: Beside): Promise<Measured> =>
  piece.hide ? findAgain(engine, piece, piece.hide, beside) : readOn(engine, piece, beside);

async function findAgain(
  engine: Engine,
  { language }: Piece,
  { length, depth, number }: NonNullable<Piece["hide"]>,
  { plan, documents, adapter, signal }: Beside,
): Promise<Measured> {
  const { tokenize, scoreTokens } = scoring(engine);
  const { fact, others, asked, answer, wrong } = hidden(language, plan.seed, number);
  const lines = await Promise.all(
    [fact, ...others].map((one) => tokenize(`\n\n${one}\n\n`, signal)),
  );
  const [end, word] = [await tokenize(`\n\n${asked}`, signal), await tokenize(answer, signal)];
  const taken = lines.flat().length + end.length + word.length + (engine.openingTokens ?? 0);
  const hay = filled(await tokenize(textOf(documents, language), signal), length - taken);
  // The others at places of their own, evenly between.
  const places = [depth, ...others.map((_, at) => (at + 0.5) / others.length)];
  const cuts = places
    .map((place, at) => ({ at: Math.round(place * hay.length), line: lines[at] ?? [] }))
    .toSorted((one, other) => one.at - other.at);
  const tokens: number[] = [];
  let from = 0;
  for (const cut of cuts) {
    tokens.push(...hay.slice(from, cut.at), ...cut.line);
    from = cut.at;
  }
  tokens.push(...hay.slice(from), ...end);
  const start = tokens.length;
  const scored = await scoreTokens([...tokens, ...word], {
    ...{ from: start, top: TOP, adapter, signal, yields: true },
  });
  const [first] = scored;
  const likely = (id: number | undefined) =>
    first?.top.find((one) => one.id === id)?.logprob ?? Number.NEGATIVE_INFINITY;
  const right = likely(word[0]);
  const firsts = await Promise.all(wrong.map(async (one) => (await tokenize(one, signal))[0]));
  const elsewhere = firsts.filter((id) => id !== word[0]);
  return {
    ...{ what: "needle", language, length, depth },
    // Among the likeliest at all, and likelier than the words that belong to other places.
    found: right > Math.max(Number.NEGATIVE_INFINITY, ...elsewhere.map(likely)),
    nats: natsOf(scored),
  };
}

/** Alternatives that are looked at: as many as an engine tells. */
const TOP = 20;

/** Tokens of a part of a stretch; the first is shorter than any that is asked about. */
const PART = 512;

async function readOn(
  engine: Engine,
  { language }: Piece,
  { plan, documents, adapter, signal }: Beside,
): Promise<Measured> {
  const { tokenize, scoreTokens } = scoring(engine);
  const most = Math.min(Math.max(...plan.lengths), engine.card.contextWindow);
  const opening = engine.openingTokens ?? 0;
  const all = await tokenize(textOf(documents, language), signal);
  // Never the same twice: what stands there already is no longer to be predicted.
  const tokens = all.slice(0, most - opening);
  const scored = await scoreTokens(tokens, { ...{ from: 0, adapter, signal, yields: true } });
  const parts: z.output<typeof stretch>["parts"] = [];
  for (let from = 0; from < scored.length; from += PART) {
    const some = scored.slice(from, from + PART).filter(({ logprob }) => logprob !== null);
    // The rest at the end is too short to say anything.
    if (some.length < PART / 2) break;
    parts.push({ from, to: from + PART, tokens: some.length, nats: natsOf(some) });
  }
  return { what: "stretch", language, parts };
}

function scoring(engine: Engine) {
  const { tokenize, scoreTokens } = engine;
  if (!tokenize || !scoreTokens) throw cannotScore(engine.card.name);
  return { tokenize, scoreTokens };
}

const textOf = (documents: readonly Document[], language: LengthLanguage): string =>
  documents
    .filter((one) => one.language === language)
    .map(({ text }) => text)
    .join("\n\n");

/** So many tokens of a text, which begins again where it ends. */
function filled(tokens: readonly number[], count: number): readonly number[] {
  const times = Math.max(1, Math.ceil(count / Math.max(1, tokens.length)));
  return Array.from({ length: times }, () => tokens)
    .flat()
    .slice(0, Math.max(0, count));
}

const natsOf = (scored: readonly TokenLogprob[]): number =>
  -scored.reduce((sum, { logprob }) => sum + (logprob ?? 0), 0);
