/**
 * `npm run eval:reading -- [FILE ...]`: how long files take until they can be asked about, and how
 * long a question takes over 50,000 passages of one's own, sealed, with vectors of 384 numbers.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { openWith, sealWith } from "../../src/core/seal.ts";
import { median, random } from "../../src/core/statistics.ts";
import { readFileOf } from "../../src/features/knowledge/reading/child.ts";
import type { Section } from "../../src/features/knowledge/reading/sections.ts";
import { FileIndex, IndexBuilder } from "../../src/finding/index-block.ts";
import { piecesOf } from "../../src/finding/pieces.ts";
import { best, byWords, join } from "../../src/finding/rank.ts";
import { FileVectors, vectorBlock } from "../../src/finding/vectors.ts";
import { languageOf, termsOf } from "../../src/finding/words.ts";

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(2);
const MB = 1e6;

for (const path of process.argv.slice(2)) {
  const bytes = readFileSync(path);
  const sections: Section[] = [];
  const since = performance.now();
  let first = "";
  const { pages } = await readFileOf({
    ...{ name: basename(path), bytes: bytes.length, signal: new AbortController().signal },
    async *content() {
      for (let at = 0; at < bytes.length; at += 2 ** 20) yield bytes.subarray(at, at + 2 ** 20);
    },
    progress: () => {},
    sections(some) {
      first ||= seconds(since);
      sections.push(...some);
    },
  });
  const read = seconds(since);
  const language = languageOf(sections.map(({ text }) => text).join("\n"));
  const index = new IndexBuilder(language);
  let passages = 0;
  for (const [at, { text }] of sections.entries())
    for (const piece of piecesOf(text, at)) {
      index.add(piece, termsOf(text.slice(piece.from, piece.to), language));
      passages += 1;
    }
  const block = index.bytes();
  const characters = sections.reduce((sum, { text }) => sum + text.length, 0);
  console.log(
    `${basename(path)}: ${pages ?? 0} pages, ${characters} characters, ${passages} passages; ` +
      `first text ${first} s, read ${read} s, can be asked about ${seconds(since)} s; ` +
      `index ${(block.length / MB).toFixed(2)} MB`,
  );
}

const PIECES = 50_000;
const WORDS = 20_000;
const LENGTH = 120;
const DIMENSIONS = 384;
const next = random(7);
/** As often as words are: the second half as often as the first, the third a third (Zipf). */
const word = () => `w${Math.floor(WORDS ** next())}`;
const builder = new IndexBuilder("other");
const vectors: Float32Array[] = [];
for (let piece = 0; piece < PIECES; piece++) {
  const terms = Array.from({ length: LENGTH }, word);
  builder.add({ section: piece, from: 0, to: LENGTH }, terms);
  vectors.push(Float32Array.from({ length: DIMENSIONS }, () => next() - 0.5));
}
const key = Buffer.alloc(32, 1);
const sealed = [builder.bytes(), Buffer.from(vectorBlock(vectors))].map((block) =>
  sealWith(key, Buffer.from(block), ["place"]),
);
const size = sealed.map((one) => `${(one.length / MB).toFixed(0)} MB`).join(" and ");
const open = () => {
  const [words, numbers] = sealed.map((one) => openWith(key, one, ["place"]) as Buffer);
  return { index: new FileIndex(words as Buffer), near: new FileVectors(numbers as Buffer) };
};
const ask = ({ index, near }: ReturnType<typeof open>) => {
  const asked = Array.from({ length: 6 }, () => ({ word: word(), weight: 1 }));
  const words = byWords([index], asked);
  const products = near.near(Float32Array.from({ length: DIMENSIONS }, () => next() - 0.5));
  const ranked = best(0, products, -1);
  join({ ranked: words, weight: () => 0.35 }, { ranked, weight: () => 1 });
};
const timed = (work: () => unknown) => {
  const since = performance.now();
  work();
  return performance.now() - since;
};
const cold = Array.from({ length: 9 }, () => timed(() => ask(open())));
const opened = open();
const warm = Array.from({ length: 41 }, () => timed(() => ask(opened)));
console.log(
  `${PIECES} passages, sealed ${size}: cold p50 ${median(cold).toFixed(0)} ms, ` +
    `warm p50 ${median(warm).toFixed(0)} ms, ${(process.memoryUsage().rss / MB).toFixed(0)} MB of this process`,
);
