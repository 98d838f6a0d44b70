/** The words of texts and questions, passages, and the index as a block of bytes. */
import { describe, expect, it, test } from "vitest";
import { FileIndex, IndexBuilder } from "../../../src/finding/index-block.ts";
import { piecesOf } from "../../../src/finding/pieces.ts";
import { byWords, join } from "../../../src/finding/rank.ts";
import { FileVectors, vectorBlock } from "../../../src/finding/vectors.ts";
import { contentWords, languageOf, termsOf } from "../../../src/finding/words.ts";

describe("words", () => {
  it("are the same in all their forms, with and without accents", () => {
    expect(termsOf("Las canciones", "es").at(-1)).toBe(termsOf("la canción", "es").at(-1));
    expect(termsOf("CANCION", "es")).toEqual(termsOf("canción", "es"));
    expect(termsOf("houses", "en")).toEqual(termsOf("house", "en"));
    expect(termsOf("3,14 m²", "other")).toEqual(["3,14", "m2"]);
    expect(termsOf("東京都", "other")).toEqual(["東京", "京都"]);
  });

  it.each([
    ["La factura vence mañana y hay que pagarla antes de las doce.", "es"],
    ["The invoice is due tomorrow, so it has to be paid before noon.", "en"],
    ["Die Rechnung ist morgen fällig und muss bis zwölf bezahlt werden.", "de"],
    ["x = foo(bar); while (i < 10) { y += z[i]; }", "other"],
    ["", "other"],
  ])("%j is %s", (text, language) => expect(languageOf(text)).toBe(language));

  it("of a question are those that say what it is about", () => {
    expect(contentWords("¿Cuántos días de vacaciones hay al año?")).toEqual([
      ...["días", "vacaciones", "año"],
    ]);
    expect(contentWords("What is the notice period?")).toEqual(["notice", "period"]);
    expect(contentWords("What is it?")).toEqual([]);
  });
});

test("passages end where the text does, hold all of it, and are of bearable size", () => {
  const paragraph = "Una frase de un texto que sigue. ".repeat(12);
  const text = `${`${paragraph}\n\n`.repeat(9)}${"x".repeat(4000)}😀${"y".repeat(3000)}`;
  const pieces = [...piecesOf(text, 7)];
  const joined = pieces.map(({ from, to }) => text.slice(from, to)).join("");
  expect(joined.replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
  for (const { section, from, to } of pieces) {
    expect(section).toBe(7);
    expect(to - from).toBeLessThanOrEqual(1400);
    expect(text.slice(from, to).isWellFormed()).toBe(true);
  }
  expect(text.slice(pieces[0]?.from, pieces[0]?.to)).toMatch(/sigue\.$/);
  expect([...piecesOf(" \n ", 0)]).toEqual([]);
});

const indexOf = (texts: readonly string[], language: "es" | "en" = "en") => {
  const builder = new IndexBuilder(language);
  for (const [section, text] of texts.entries())
    builder.add({ section, from: 0, to: text.length }, termsOf(text, language));
  // As it comes out of a seal: somewhere in a larger buffer.
  const bytes = builder.bytes();
  return new FileIndex(Buffer.concat([Buffer.of(1, 2, 3), bytes]).subarray(3));
};

test("an index gives back what was put into it", () => {
  const index = indexOf(["the cat sat", "a cat and a cat", "", "the dog"]);
  expect([index.pieces, index.language]).toEqual([4, "en"]);
  expect([...index.postings("cat")]).toEqual([(0 << 8) | 1, (1 << 8) | 2]);
  expect([...index.postings("fish")]).toEqual([]);
  expect(index.piece(3)).toEqual({ section: 3, from: 0, to: 7 });
  expect([0, 1, 2, 3].map((piece) => index.lengthOf(piece))).toEqual([3, 5, 0, 2]);
  expect(indexOf([]).pieces).toBe(0);
});

test("passages are ranked by rare words before common ones, over all files", () => {
  const one = indexOf(["the garden has roses", "the garden is large", "the garden opens at ten"]);
  const two = indexOf(["the garden has a peacock", "nothing of that"]);
  const words = (...asked: string[]) => asked.map((word) => ({ word, weight: 1 }));
  const [first] = byWords([one, two], words("garden", "peacock"));
  expect(first).toMatchObject({ file: 1, piece: 0 });
  expect(byWords([one, two], words("zebra"))).toEqual([]);
  // The same word of another language has its own stem.
  const spanish = indexOf(["los jardines abren a las diez"], "es");
  expect(byWords([one, spanish], words("jardín"))).toMatchObject([{ file: 1, piece: 0 }]);
});

test("two rankings become one by their ranks and weights", () => {
  const ranked = (...pieces: number[]) => pieces.map((piece) => ({ file: 0, piece, score: 1 }));
  const joined = (weight: number) =>
    join(
      { ranked: ranked(1, 2, 3), weight: () => weight },
      { ranked: ranked(3, 4), weight: () => 1 },
    ).map(({ piece }) => piece);
  expect(joined(1)).toEqual([3, 1, 2, 4]);
  expect(joined(0.25)).toEqual([3, 4, 1, 2]);
  expect(joined(0)).toEqual([3, 4]);
});

test("vectors lose next to nothing as whole numbers", () => {
  const unit = (seed: number) => {
    const raw = Array.from({ length: 384 }, (_, i) => Math.sin(seed * 31 + i * (seed + 1)));
    const length = Math.hypot(...raw);
    return Float32Array.from(raw, (value) => value / length);
  };
  const all = [1, 2, 3, 4].map(unit);
  const block = vectorBlock(all);
  const kept = new FileVectors(Buffer.concat([Buffer.of(0), block]).subarray(1));
  expect([kept.dimensions, kept.count]).toEqual([384, 4]);
  const asked = all[2] as Float32Array;
  const exact = all.map((one) => one.reduce((sum, value, i) => sum + value * (asked[i] ?? 0), 0));
  for (const [index, product] of kept.near(asked).entries())
    expect(product).toBeCloseTo(exact[index] ?? 0, 2);
});
