/**
 * Whether a text carries the mark of one of the keys: all that the text may have been before it was
 * pasted is cut into the model's tokens, and looked at under every key.
 */
import type { Engine } from "../../../core/engine.ts";
import { pauses } from "../../../core/slices.ts";
import type { WatermarkKey } from "./keys.ts";
import { type Rendering, renderingsOf } from "./renderings.ts";
import { LEAST_SCORED, type Scored, scan, scoresOf } from "./scan.ts";

/** How sure one has to be, in false alarms a text: to say so, and to say that it may be. */
const FOUND = 1e-5;
const UNCLEAR = 1e-2;
/** Chances are told by these steps alone: who could see each word's share would learn to forge. */
const STEPS = [1e-12, 1e-9, 1e-7, 1e-5, 1e-3, 1e-2, 1];

export interface Span {
  /** Of the text that was given: its first character and the one after. */
  readonly from: number;
  readonly to: number;
}

export interface Detection {
  /** inconclusive: too few tokens to say anything. */
  readonly verdict: "found" | "unclear" | "none" | "inconclusive";
  /** Of a text that somebody else has written, the chance to look so is at most this. */
  readonly chance: number;
  readonly tokens: number;
  readonly scored: number;
  /** Where the mark is surest; absent where there is none. */
  readonly key?: WatermarkKey;
  readonly passage?: Span;
  /** How much of it each stretch carries: 0 nothing to 3 much. */
  readonly heat?: readonly (Span & { readonly level: number })[];
}

/** The tokenizer of the model that may have written it. */
export type Words = Required<Pick<Engine, "tokenize" | "detokenize">>;

interface Look {
  readonly rendering: Rendering;
  readonly key: WatermarkKey;
  readonly tokens: readonly number[];
  readonly scored: readonly Scored[];
  readonly logP: number;
  /** Indices into `scored`. */
  readonly from: number;
  readonly to: number;
}

export async function detect(
  text: string,
  keys: readonly WatermarkKey[],
  words: Words,
  signal: AbortSignal,
): Promise<Detection> {
  const pause = pauses(signal);
  const renderings = renderingsOf(text);
  const looks: Look[] = [];
  let [tokens, scored] = [0, 0];
  for (const rendering of renderings) {
    const ids = await words.tokenize(rendering.text, signal);
    tokens = Math.max(tokens, ids.length);
    for (const key of keys) {
      await pause();
      const scores = scoresOf(ids, key.draw);
      scored = Math.max(scored, scores.length);
      looks.push({ rendering, key, tokens: ids, scored: scores, ...scan(scores) });
    }
  }
  if (scored < LEAST_SCORED) return { verdict: "inconclusive", chance: 1, tokens, scored };
  const best = looks.reduce((one, other) => (other.logP < one.logP ? other : one));
  const chance = Math.min(1, Math.exp(best.logP) * looks.length);
  const verdict = chance <= FOUND ? "found" : chance <= UNCLEAR ? "unclear" : "none";
  const told = {
    verdict,
    chance: STEPS.find((step) => chance <= step) ?? 1,
    tokens,
    scored,
  } as const;
  if (verdict === "none") return told;
  const place = await placesOf(best, words, signal);
  const span = (from: number, to: number): Span => ({ from: place(from), to: place(to) });
  const first = best.scored[best.from]?.at ?? 0;
  const last = best.scored[best.to - 1]?.at ?? 0;
  return { ...told, key: best.key, passage: span(first, last + 1), heat: heatOf(best, span) };
}

/** Tokens of a stretch, and of the neighbours that are looked at with it on either side. */
const STRETCH = 8;
const AROUND = 12;
/** Mean scores from which a stretch has level 1, 2 and 3; 1 is that of text without the mark. */
const LEVELS = [1.2, 1.6, 2.1];

function heatOf({ tokens, scored }: Look, span: (from: number, to: number) => Span) {
  const heat: (Span & { level: number })[] = [];
  for (let from = 0; from < tokens.length; from += STRETCH) {
    const to = Math.min(from + STRETCH, tokens.length);
    const near = scored.filter(({ at }) => at >= from - AROUND && at < to + AROUND);
    const mean = near.reduce((sum, { score }) => sum + score, 0) / Math.max(1, near.length);
    const level = LEVELS.filter((least) => mean >= least).length;
    const last = heat.at(-1);
    if (last?.level === level) heat[heat.length - 1] = { ...last, to: span(from, to).to };
    else heat.push({ ...span(from, to), level });
  }
  return heat;
}

/** Tokens that are put together at once to find their place. */
const TOGETHER = 8;

/** From the index of a token to the character of the given text at which it begins, nearly. */
async function placesOf(
  { rendering, tokens }: Look,
  words: Words,
  signal: AbortSignal,
): Promise<(token: number) => number> {
  const starts: [token: number, character: number][] = [[0, 0]];
  let characters = 0;
  for (let from = 0; from < tokens.length; ) {
    let to = Math.min(from + TOGETHER, tokens.length);
    let piece = await words.detokenize(tokens.slice(from, to), signal);
    // A character may be spread over several tokens.
    while (piece.endsWith("\u{FFFD}") && to < tokens.length) {
      to += 1;
      piece = await words.detokenize(tokens.slice(from, to), signal);
    }
    characters += piece.length;
    starts.push([to, characters]);
    from = to;
  }
  return (token) => {
    const at = starts.findLastIndex(([first]) => first <= token);
    const [first, begins] = starts[at] ?? [0, 0];
    const [next, ends] = starts[at + 1] ?? [first + 1, begins];
    const inside = begins + Math.round(((ends - begins) * (token - first)) / (next - first));
    return rendering.places[Math.min(inside, rendering.text.length)] as number;
  };
}
