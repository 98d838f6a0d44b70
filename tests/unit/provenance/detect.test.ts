/** A pasted text: which key marked it, where, and how sure that is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Detection, detect } from "../../../src/features/provenance/watermark/detect.ts";
import { renderingsOf } from "../../../src/features/provenance/watermark/renderings.ts";
import { keyOf, wordOf, words, write } from "./marking.ts";

const never = new AbortController().signal;
const KEYS = [keyOf(3), keyOf(2), keyOf(1)];
const textOf = (tokens: readonly number[]) => tokens.map(wordOf).join("").trimStart();
const look = (text: string, keys = KEYS): Promise<Detection> => detect(text, keys, words, never);

describe("the detector", () => {
  test("names the key that marked a text, and covers the text with heat", async () => {
    const text = textOf(write(400, { key: keyOf(2) }));
    const { verdict, chance, key, heat = [], scored, tokens } = await look(text);
    expect({ verdict, key: key?.id, tokens }).toEqual({
      verdict: "found",
      key: "wm-2",
      tokens: 400,
    });
    expect(chance).toBe(1e-12);
    expect(scored).toBeGreaterThan(300);
    expect(heat[0]?.from).toBe(0);
    expect(heat.at(-1)?.to).toBe(text.length);
    for (const [at, { from }] of heat.entries()) if (at > 0) expect(from).toBe(heat[at - 1]?.to);
    expect(heat.some(({ level }) => level === 3)).toBe(true);
  });

  test("shows where in somebody else's text a marked passage stands", async () => {
    const foreign = textOf(write(600, { seed: 77 }));
    const own = textOf(write(220, { seed: 5, key: keyOf(3) }));
    const text = `${foreign}\n${own}\n${foreign.split("").reverse().join("")}`;
    const { verdict, passage, heat = [] } = await look(text);
    expect(verdict).toBe("found");
    const begins = text.indexOf(own);
    expect(passage?.from).toBeGreaterThan(begins - 200);
    expect(passage?.to).toBeLessThan(begins + own.length + 200);
    const hot = heat.filter(({ level }) => level >= 2);
    const inside = hot.filter(({ from, to }) => to > begins && from < begins + own.length);
    const size = (list: typeof hot) => list.reduce((sum, { from, to }) => sum + to - from, 0);
    expect(size(inside)).toBeGreaterThan(0.8 * size(hot));
  });

  test("finds nothing in what was not marked, or by a key that it does not have", async () => {
    for (const seed of [1, 2, 3]) {
      const plain = await look(textOf(write(400, { seed })));
      expect(plain.verdict).not.toBe("found");
      const other = await look(textOf(write(400, { seed, key: keyOf(9) })));
      expect(other.verdict).not.toBe("found");
    }
  });

  test("says of a short text that it cannot say, and tells no place", async () => {
    const short = await look(textOf(write(45, { key: keyOf(3) })));
    expect(short).toMatchObject({ verdict: "inconclusive", chance: 1 });
    expect(short.heat).toBeUndefined();
    expect((await look("so so so so so so ".repeat(60))).verdict).toBe("inconclusive");
    expect((await look(textOf(write(400)), [])).verdict).toBe("inconclusive");
  });

  test("is sure of no more the more keys there are", async () => {
    const text = textOf(write(70, { seed: 3, key: keyOf(3) }));
    const [one, many] = [
      await look(text, [keyOf(3)]),
      await look(text, [keyOf(3), ...Array.from({ length: 40 }, (_, n) => keyOf(n + 20))]),
    ];
    expect(many.chance).toBeGreaterThanOrEqual(one.chance);
  });

  test("ends when nobody waits any more", async () => {
    const text = textOf(write(4000, { key: keyOf(3) }));
    const keys = Array.from({ length: 60 }, (_, n) => keyOf(n));
    await expect(detect(text, keys, words, AbortSignal.abort())).rejects.toThrow();
  });
});

describe("what a text may have been", () => {
  const texts = (text: string) => renderingsOf(text).map((one) => one.text);

  test("begins with the text itself, and has each once", () => {
    expect(texts("Un texto sin más.")).toEqual(["Un texto sin más."]);
    expect(texts("“Sí”, dijo.\u00a0Fin…")[1]).toBe('"Sí", dijo. Fin…');
  });

  test("has the marks of Markdown again that a page does not show, or has them no more", () => {
    expect(texts("Pasos\n•\tUno\n•\tDos\n\nFin")).toContain("Pasos\n- Uno\n- Dos\n\nFin");
    expect(texts("One.\nTwo.")).toContain("One.\n\nTwo.");
    expect(texts("## Title\n**bold** and `code`")).toContain("Title\nbold and code");
  });

  test("each character has its place in what was given", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", " ", "\n", "\r", "•", "*", "“", "\u200b", "1.", "#", "é")),
        (parts) => {
          const text = parts.join("");
          for (const one of renderingsOf(text)) {
            expect(one.places).toHaveLength(one.text.length + 1);
            expect(one.places.at(-1)).toBe(text.length);
            expect(one.places.every((place, at) => place >= (one.places[at - 1] ?? 0))).toBe(true);
          }
        },
      ),
    );
  });
});
