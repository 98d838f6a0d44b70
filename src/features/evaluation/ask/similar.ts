/**
 * How near answers are to their references by the engine's own embeddings. All texts of a model are
 * near to each other, so a similarity alone means nothing: it is told with the mean of the references
 * taken off, and beside the similarity to the reference of another question.
 */
import * as z from "zod";
import type { Engine } from "../../../core/engine.ts";
import { random, shuffle } from "../../../core/statistics.ts";
import type { Item } from "../sets/item.ts";
import type { Answered } from "./answer.ts";

/** Cosines of one question; of several references the nearest. */
const one = z.object({
  id: z.string(),
  plain: z.number(),
  plainOther: z.number(),
  centred: z.number(),
  centredOther: z.number(),
});
export const similarities = z.object({
  /** Whose embeddings they are, by its label. */
  by: z.string(),
  items: z.array(one),
});
export type Similarities = z.output<typeof similarities>;

type Vector = readonly number[];

/**
 * @param items those with references
 * @param answers what one model has said to them; absent or empty ones count as 0
 */
export async function similar(
  engine: Pick<Engine, "embed">,
  items: readonly Item[],
  answers: ReadonlyMap<string, Answered>,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal },
): Promise<Similarities["items"]> {
  if (!engine.embed || items.length === 0) return [];
  const references = items.flatMap((item) => item.references);
  const known = await engine.embed(references, signal);
  const texts = items.map(({ id }) => answers.get(id)?.answer.trim() ?? "");
  // An empty text has no vector of its own.
  const said = await engine.embed(
    texts.map((text) => text || "-"),
    signal,
  );
  const mean = meanOf(known.vectors);
  const own: (readonly Vector[])[] = [];
  let from = 0;
  for (const { references: some } of items) {
    own.push(known.vectors.slice(from, from + some.length));
    from += some.length;
  }
  const others = apart(items.length, seed);
  return items.map(({ id }, index) => {
    const vector = said.vectors[index] as Vector;
    const [mine, other] = [own[index] ?? [], own[others[index] as number] ?? []];
    if (texts[index] === "") return { id, plain: 0, plainOther: 0, centred: 0, centredOther: 0 };
    return {
      id,
      ...{ plain: nearest(vector, mine), plainOther: nearest(vector, other) },
      centred: nearest(
        minus(vector, mean),
        mine.map((one) => minus(one, mean)),
      ),
      centredOther: nearest(
        minus(vector, mean),
        other.map((one) => minus(one, mean)),
      ),
    };
  });
}

/** For each the place of another one, by chance: in one circle, so that none meets itself. */
export function apart(count: number, seed: number): readonly number[] {
  const circle = shuffle(
    Array.from({ length: count }, (_, at) => at),
    random(seed),
  );
  const others = new Array<number>(count);
  for (const [at, place] of circle.entries()) others[place] = circle[(at + 1) % count] as number;
  return others;
}

const nearest = (vector: Vector, all: readonly Vector[]): number =>
  Math.max(...all.map((other) => cosine(vector, other)));

export function cosine(one: Vector, other: Vector): number {
  let [dot, left, right] = [0, 0, 0];
  for (let at = 0; at < one.length; at++) {
    const [a, b] = [one[at] as number, other[at] as number];
    dot += a * b;
    left += a * a;
    right += b * b;
  }
  return left > 0 && right > 0 ? dot / Math.sqrt(left * right) : 0;
}

const minus = (one: Vector, other: Vector): Vector =>
  one.map((value, at) => value - (other[at] as number));

function meanOf(all: readonly Vector[]): Vector {
  const sum = new Float64Array(all[0]?.length ?? 0);
  for (const vector of all)
    for (const [at, value] of vector.entries()) sum[at] = (sum[at] ?? 0) + value;
  return Array.from(sum, (value) => value / all.length);
}
