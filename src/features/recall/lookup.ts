/**
 * Finds what was said in a chat long ago. What has fallen out of the window is indexed by segments of
 * turns, in memory alone: since it falls out by the quarter (decision 0008), the same segments are asked
 * again and again.
 */
import { createHash } from "node:crypto";
import type { Embed } from "../../core/meaning.ts";
import { pauses } from "../../core/slices.ts";
import { FileIndex, IndexBuilder } from "../../finding/index-block.ts";
import { type Question, understood, weighed } from "../../finding/question.ts";
import { best, byWords, join, type Ranked, together } from "../../finding/rank.ts";
import { FileVectors, vectorBlock } from "../../finding/vectors.ts";
import { languageOf } from "../../finding/words.ts";
import { type Passage, passagesOf, type Said, turnsOf, wordsOf } from "./passages.ts";

/** Turns. */
const SEGMENT = 64;
/** Of all chats together; what was used longest ago goes first. */
const MOST_BYTES = 64e6;
/** Passages that share less than this of the best one's words have little to do with the question. */
const SHARE = 0.4;
/** As knowledge has it (decision 0042): of ranks by words, where there are ranks by meaning. */
const WORDS = 0.35;

interface Segment {
  readonly passages: readonly Passage[];
  readonly index: FileIndex;
  readonly bytes: number;
  vectors?: FileVectors | undefined;
}

export class Lookup {
  readonly #embed: Embed;
  /** Used longest ago first. */
  readonly #segments = new Map<string, Segment>();
  /** That have no vectors yet, and may have. */
  readonly #without = new Map<string, Segment>();

  constructor(embed: Embed = async () => undefined) {
    this.#embed = embed;
  }

  /** @param chat whose, so that nobody's words are found in another one's */
  async find(
    chat: string,
    said: readonly Said[],
    question: Question,
    signal: AbortSignal,
  ): Promise<readonly Passage[]> {
    const segments = await this.#segmentsOf(chat, said, signal);
    const indexes = segments.map(({ index }) => index);
    const { text, ...words } = understood(question);
    const all = byWords(indexes, weighed(words));
    const least = (all[0]?.score ?? 0) * SHARE;
    const near = await this.#near(segments, text, signal);
    const weight = ({ file }: Ranked) => (near.length > 0 && segments[file]?.vectors ? WORDS : 1);
    const ranked = join(
      { ranked: all.filter(({ score }) => score >= least), weight },
      { ranked: near, weight: () => 1 },
    );
    return ranked.flatMap(({ file, piece }) => segments[file]?.passages[piece] ?? []);
  }

  async #segmentsOf(chat: string, said: readonly Said[], signal: AbortSignal): Promise<Segment[]> {
    const turns = turnsOf(said);
    const segments: Segment[] = [];
    const pause = pauses(signal);
    for (let from = 0; from < turns.length; from += SEGMENT) {
      const some = turns.slice(from, from + SEGMENT);
      const key = keyOf(chat, some);
      const segment = this.#segments.get(key) ?? (await made(some, pause));
      this.#segments.delete(key);
      this.#segments.set(key, segment);
      if (!segment.vectors) this.#without.set(key, segment);
      segments.push(segment);
    }
    let bytes = 0;
    for (const one of this.#segments.values()) bytes += one.bytes;
    for (const [key, one] of this.#segments) {
      if (bytes <= MOST_BYTES) break;
      this.#segments.delete(key);
      bytes -= one.bytes;
    }
    return segments;
  }

  /** By meaning, where there are vectors; the words alone find as well, only less. */
  async #near(segments: readonly Segment[], text: string, signal: AbortSignal): Promise<Ranked[]> {
    if (!segments.some(({ vectors }) => vectors)) return [];
    const [asked] = (await this.#embed("query", [text], signal).catch(() => undefined)) ?? [];
    if (!asked) return [];
    const vector = Float32Array.from(asked);
    const ranked = segments.flatMap(({ vectors }, file) =>
      vectors?.dimensions === vector.length ? best(file, vectors.near(vector), -1) : [],
    );
    return together(ranked).slice(0, MOST_NEAR);
  }

  /**
   * Makes the vectors of what was looked through without, some passages at a time.
   *
   * @param turn resolves when nobody who chats has to wait for it
   */
  async learn(turn: () => Promise<void>, signal: AbortSignal): Promise<void> {
    for (const [key, segment] of this.#without) {
      this.#without.delete(key);
      const vectors: ArrayLike<number>[] = [];
      for (let from = 0; from < segment.passages.length; from += TOGETHER) {
        await turn();
        if (signal.aborted) return;
        const texts = segment.passages.slice(from, from + TOGETHER).map(textOf);
        const some = await this.#embed("passage", texts, signal);
        if (!some) return;
        vectors.push(...some);
      }
      segment.vectors = new FileVectors(vectorBlock(vectors));
    }
  }

  /** Of a chat that is gone, nothing stays. */
  forget(): void {
    this.#segments.clear();
    this.#without.clear();
  }
}

/** Ranks behind that decide nothing: everything is near something. */
const MOST_NEAR = 12;
/** Passages, between which those who chat have their turn. */
const TOGETHER = 4;

const textOf = ({ said }: Passage) => said.map(({ text }) => text).join("\n");

function keyOf(chat: string, turns: readonly (readonly Said[])[]): string {
  const hash = createHash("sha256").update(chat);
  // An answer that is gone on with is longer under the same id.
  for (const turn of turns)
    for (const { id, content } of turn) hash.update(`\0${id} ${content.length}`);
  return hash.digest("base64");
}

async function made(
  turns: readonly (readonly Said[])[],
  pause: () => Promise<void>,
): Promise<Segment> {
  const language = languageOf(
    turns
      .flat()
      .map(({ content }) => content.slice(0, 500))
      .join("\n"),
  );
  const builder = new IndexBuilder(language);
  const passages: Passage[] = [];
  for (const turn of turns) {
    for (const passage of passagesOf(turn)) {
      builder.add({ section: 0, from: 0, to: 0 }, wordsOf(passage, turn, language));
      passages.push(passage);
    }
    await pause();
  }
  const index = new FileIndex(builder.bytes());
  const bytes = index.bytes + 2 * passages.reduce((sum, one) => sum + textOf(one).length, 0);
  return { passages, index, bytes };
}
