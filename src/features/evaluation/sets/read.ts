/**
 * Reads a set of questions: CSV, an object of JSON on each line, or OpenAssistant's files. The file is
 * never in memory as a whole; a sample of it is drawn while it is read.
 */
import { random } from "../../../core/statistics.ts";
import { decoded, type Encoding, encodingOf, type Open } from "./decode.ts";
import { emptySet, noQuestions, tooMany, twice, wrongItem } from "./errors.ts";
import { hasQuestion, itemOf } from "./fields.ts";
import type { Item } from "./item.ts";
import { isOpenAssistant, messageOf, questionsOf, treeOf, treesOf } from "./oasst.ts";
import { csvRows, jsonRows, type Row } from "./rows.ts";

export interface ReadOptions {
  /** Of questions that say no language. */
  readonly lang?: string;
  /** Keeps so many, drawn by chance, of however many there are. */
  readonly sample?: { readonly count: number; readonly seed: number };
}

export interface QuestionSet {
  readonly items: readonly Item[];
  /** Questions in the file; more than `items` in a sample. */
  readonly of: number;
  readonly encoding: Encoding;
}

/** Questions that are kept at most, and messages of OpenAssistant's that are put together. */
export const MOST_ITEMS = 100_000;

/**
 * @param file its name, for what is said of it and, by its ending, what it is
 * @throws CharlaError `evaluation_set_...`, with the line that is wrong
 */
export async function readSet(
  file: string,
  open: Open,
  { lang = "en", sample }: ReadOptions = {},
): Promise<QuestionSet> {
  const encoding = await encodingOf(file, open);
  const text = decoded(open, encoding);
  const rows = /\.(csv|tsv|txt)$/i.test(file) ? csvRows(file, text) : jsonRows(file, text);
  const kept = new Kept(file, sample);
  for await (const item of questions(file, rows, lang, sample === undefined)) kept.take(item);
  if (kept.of === 0) throw emptySet(file);
  return { items: kept.items(), of: kept.of, encoding };
}

async function* questions(
  file: string,
  rows: AsyncIterable<Row>,
  lang: string,
  whole: boolean,
): AsyncGenerator<Item> {
  const loose: NonNullable<ReturnType<typeof messageOf>>[] = [];
  const lines = new Map<string, number>();
  let first = true;
  for await (const row of rows) {
    if (isOpenAssistant(row)) {
      const root = treeOf(row);
      const message = root ? undefined : messageOf(row);
      if (root) yield* questionsOf(root);
      else if (message) loose.push(message);
      else throw wrongItem(file, row.line, "message_id");
      if (loose.length > MOST_ITEMS) throw tooMany(file, MOST_ITEMS);
      continue;
    }
    if (first && !hasQuestion(Object.keys(row.fields))) throw noQuestions(file);
    first = false;
    const item = itemOf(file, row, { lang });
    // Of a sample nobody knows how many there are, and their ids would fill the memory.
    if (whole && item.id !== String(row.line)) {
      if (lines.has(item.id)) throw twice(file, row.line, item.id);
      lines.set(item.id, row.line);
    }
    yield item;
  }
  for (const root of treesOf(loose)) yield* questionsOf(root);
}

/** All of them, or a sample in which each has the same chance (Vitter's algorithm R), in their order. */
class Kept {
  of = 0;
  readonly #file: string;
  readonly #most: number;
  readonly #sampled: boolean;
  readonly #next: () => number;
  readonly #items: { readonly item: Item; readonly at: number }[] = [];

  constructor(file: string, sample: ReadOptions["sample"]) {
    this.#file = file;
    this.#most = Math.min(sample?.count ?? MOST_ITEMS, MOST_ITEMS);
    this.#sampled = sample !== undefined;
    this.#next = random(sample?.seed ?? 0);
  }

  take(item: Item): void {
    const at = this.of++;
    if (this.#items.length < this.#most) this.#items.push({ item, at });
    else if (!this.#sampled) throw tooMany(this.#file, this.#most);
    else {
      const place = Math.floor(this.#next() * this.of);
      if (place < this.#most) this.#items[place] = { item, at };
    }
  }

  items = (): Item[] => this.#items.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}
