/**
 * What masking promises of every text: it can be had back to the letter, masking again changes
 * nothing, and it is the same however a stream is cut.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Delta } from "../../../src/core/types.ts";
import { Masker, mask, through, Unmasker } from "../../../src/features/personal-data/mask.ts";
import { Book, namingBy } from "../../../src/features/personal-data/placeholders.ts";
import { find, type Piece, Scanner } from "../../../src/features/personal-data/scan.ts";
import { unmask } from "../../../src/features/personal-data/shape.ts";
import { anyText, chopped } from "./texts.ts";

const RUNS = { numRuns: 400 };
const clear = (book: Book) => (name: string) => book.valueOf(name);

/** Plain pieces that follow each other are one. */
function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (piece.type === "plain" && last?.type === "plain") {
      all[all.length - 1] = { ...last, raw: last.raw + piece.raw };
    } else {
      all.push(piece);
    }
  }
  return all;
}

describe("a text that is masked", () => {
  test("is had back to the letter, whatever looks like a placeholder in it", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const book = new Book();
        const masked = await mask(text, namingBy(book));
        expect(unmask(masked, clear(book))).toBe(text);
      }),
      RUNS,
    );
  });

  test("has nothing left to mask", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const book = new Book();
        const masked = await mask(text, namingBy(book));
        expect(await mask(masked, namingBy(book))).toBe(masked);
        // Also for whoever has never seen the book.
        expect(find(masked)).toEqual([]);
      }),
      RUNS,
    );
  });

  test("comes apart in the same way however its stream is cut", () => {
    fc.assert(
      fc.property(chopped, ({ text, pieces }) => {
        const whole = new Scanner();
        const stream = new Scanner();
        const all = joined([...whole.push(text), ...whole.end()]);
        const streamed = pieces.flatMap((piece) => stream.push(piece));
        expect(joined([...streamed, ...stream.end()])).toEqual(all);
      }),
      RUNS,
    );
  });

  test("gets the same names in a stream, unless somebody types one after it was given", async () => {
    await fc.assert(
      fc.asyncProperty(chopped, async ({ text, pieces }) => {
        fc.pre(!/\[[A-Z]+_\d/.test(text));
        const masker = new Masker(namingBy(new Book()));
        let streamed = "";
        for (const piece of pieces) streamed += await masker.push(piece);
        expect(streamed + (await masker.end())).toBe(await mask(text, namingBy(new Book())));
      }),
      RUNS,
    );
  });

  test("keeps apart what an earlier text of the same book has typed", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, async (first, second) => {
        const book = new Book();
        const one = await mask(first, namingBy(book));
        const given = [...one.matchAll(/\[[A-Z]+_[\d.]+\]/g)].map(([name]) => name);
        // Whoever types a name that this chat has given means it.
        fc.pre(!given.some((name) => second.includes(name) && book.valueOf(name) !== null));
        const two = await mask(second, namingBy(book));
        expect(unmask(one, clear(book))).toBe(first);
        expect(unmask(two, clear(book))).toBe(second);
      }),
      RUNS,
    );
  });
});

describe("a stream that is given back in clear", () => {
  test("is the same however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(chopped, async ({ text, pieces }) => {
        const lookUp = (name: string) => (name === "[DNI_1]" ? "12345678Z" : null);
        const filter = new Unmasker(lookUp);
        let streamed = "";
        for (const piece of pieces) streamed += await filter.push(piece);
        expect(streamed + (await filter.end())).toBe(unmask(text, lookUp));
      }),
      RUNS,
    );
  });
});

describe("names", () => {
  const name = async (...texts: string[]) => {
    const book = new Book();
    const masked: string[] = [];
    for (const text of texts) masked.push(await mask(text, namingBy(book)));
    return masked;
  };

  test("are the same for the same value, and tell its spellings apart", async () => {
    expect(await name("DNI 12345678Z.", "Otra vez 12345678Z y 12.345.678-Z.")).toEqual([
      "DNI [DNI_1].",
      "Otra vez [DNI_1] y [DNI_1.2].",
    ]);
    expect(await name("Tel. 612345678, +34 612 345 678")).toEqual(["Tel. [PHONE_1], [PHONE_1.2]"]);
  });

  test("are never those that somebody has typed", async () => {
    expect(await name("Escribo [DNI_1] a mano. Mi DNI es 12345678Z.")).toEqual([
      "Escribo [DNI_1] a mano. Mi DNI es [DNI_2].",
    ]);
    expect(await name("[DNI_1.2] [DNI_7]", "12345678Z 12345678-Z")).toEqual([
      "[DNI_1.2] [DNI_7]",
      "[DNI_8] [DNI_8.2]",
    ]);
  });
});

describe("a stream", () => {
  const given = async (pieces: readonly string[]) => {
    const masker = new Masker(namingBy(new Book()));
    const out: string[] = [];
    for (const piece of pieces) out.push(await masker.push(piece));
    return [...out, await masker.end()];
  };

  test("gives a word as soon as the next one begins", async () => {
    expect(await given(["Hola, ", "buenas tardes", " señora"])).toEqual([
      "Hola, ",
      "buenas ",
      "tardes ",
      "señora",
    ]);
  });

  test("holds a number until it is whole", async () => {
    expect(await given(["llámame: ", "612 34", " 56 7", "8 ", "mañana"])).toEqual([
      "llámame: ",
      "",
      "",
      "",
      "",
      "[PHONE_1] mañana",
    ]);
  });

  test("that breaks keeps what it held", async () => {
    async function* deltas(): AsyncGenerator<Delta> {
      yield { type: "text", text: "Es el 612345678" };
      throw new Error("gone");
    }
    const seen: string[] = [];
    const read = async () => {
      const [text, thought] = [1, 2].map(() => new Masker(namingBy(new Book()))) as [
        Masker,
        Masker,
      ];
      for await (const delta of through(deltas(), text, thought)) {
        if (delta.type === "text") seen.push(delta.text);
      }
    };
    await expect(read()).rejects.toThrow("gone");
    expect(seen.join("")).toBe("Es el [PHONE_1]");
  });
});
