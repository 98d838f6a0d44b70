/** What is protected does not pass, however it comes; what is not, passes as it is and at once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atOnce } from "../../../src/core/slices.ts";
import { foldedText } from "../../../src/features/guard/confusables.ts";
import { Filter, type Protected, WITHHELD } from "../../../src/features/guard/filter.ts";
import { Fragments } from "../../../src/features/guard/fragments.ts";

const protect = (
  texts: readonly string[],
  sizes: Partial<Protected> = {},
): readonly Protected[] => [
  {
    kind: "secret",
    fragments: atOnce(Fragments.of(texts.map(foldedText))),
    ...{ least: 8, free: 3, ends: false },
    ...sizes,
  },
];
const whole = (pieces: readonly string[], watched: readonly Protected[]) => {
  const filter = new Filter(watched);
  return pieces.map((piece) => filter.push(piece)).join("") + filter.flush();
};
const SECRET = "k7Qz-Marmot-2291-xylem";

/** Text that meets the secret often: parts of it, disguised parts, and others. */
const near = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.string({ maxLength: 8 }),
  fc
    .tuple(fc.nat(SECRET.length), fc.nat(SECRET.length))
    .map(([a, b]) => SECRET.slice(Math.min(a, b), Math.max(a, b))),
  fc.constantFrom(
    ...[SECRET, SECRET.toUpperCase(), [...SECRET].join(" "), "k7Qz", "marmot", "\ud83d", "é"],
    ...["МАRМОТ", "２２９１", "k7Q\u200bz", "xylem k7", "- -", "aaaa"],
  ),
);
const stream = fc.array(near, { maxLength: 12 });

describe("the automaton of fragments", () => {
  it("knows the longest fragment that ends at each character", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 });
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 3 }), letters, (texts, read) => {
        const follow = atOnce(Fragments.of(texts)).follow();
        for (let end = 1; end <= read.length; end++) {
          let longest = 0;
          for (let from = 0; from < end; from++) {
            const part = read.slice(from, end);
            if (texts.some((text) => text.includes(part))) longest = Math.max(longest, part.length);
          }
          expect(follow(read[end - 1] as string)).toBe(longest);
        }
      }),
    );
  });
});

describe("the filter", () => {
  it("gives the same however the stream was cut", () => {
    fc.assert(
      fc.property(stream, fc.infiniteStream(fc.nat(5)), fc.boolean(), (parts, cuts, ends) => {
        const text = parts.join("");
        const pieces: string[] = [];
        for (let at = 0; at < text.length; ) {
          const next = at + (cuts.next().value ?? 1);
          pieces.push(text.slice(at, next));
          at = next;
        }
        const watched = protect([SECRET, "aaaaaaaaaa"], { ends });
        expect(whole(pieces, watched)).toBe(whole([text], watched));
      }),
      { numRuns: 500 },
    );
  });

  it("never lets more of a fragment pass than is allowed, at any moment", () => {
    const plain = foldedText(SECRET);
    fc.assert(
      fc.property(stream, (parts) => {
        const filter = new Filter(protect([SECRET]));
        let shown = "";
        for (const part of [...parts, undefined]) {
          shown += part === undefined ? filter.flush() : filter.push(part);
          for (const visible of shown.split(WITHHELD)) {
            const folded = foldedText(visible);
            for (let from = 0; from + 8 <= plain.length; from++) {
              expect(folded).not.toContain(plain.slice(from, from + 8));
            }
          }
        }
      }),
      { numRuns: 500 },
    );
    // Three characters, since nothing could be told from less.
    expect(whole([`It is ${SECRET}.`], protect([SECRET]))).toBe(`It is k7Q${WITHHELD}.`);
  });

  it("changes nothing where nothing protected comes", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (parts) => {
        const filter = new Filter(protect([SECRET]));
        const shown = parts.map((part) => filter.push(part)).join("") + filter.flush();
        fc.pre(Object.keys(filter.withheld).length === 0);
        expect(shown).toBe(parts.join(""));
      }),
    );
  });

  it("holds back only what can still become too long a fragment", () => {
    fc.assert(
      fc.property(stream, (parts) => {
        const filter = new Filter(protect([SECRET]));
        const follow = atOnce(Fragments.of([foldedText(SECRET)])).follow();
        let length = 0;
        for (const part of parts) {
          filter.push(part);
          // Half of a character tells nothing yet.
          const read = part.replace(/[\ud800-\udbff]$/, "");
          fc.pre(read === part);
          for (const char of foldedText(read)) length = follow(char);
          if (length <= 3) expect(filter.waiting).toBe(0);
        }
      }),
    );
    const filter = new Filter(protect([SECRET]));
    expect(filter.push("Hello, world.")).toBe("Hello, world.");
    expect(filter.push(" k7Qz")).toBe(" k7Q");
    expect(filter.push("!?")).toBe("");
    expect(filter.push(" no")).toBe("z!? no");
  });

  it.each([
    ["as it is", SECRET],
    ["in capitals", SECRET.toUpperCase()],
    ["with spaces between", [...SECRET].join(" ")],
    ["with line breaks between", [...SECRET].join("\n")],
    ["in look-alikes", SECRET.replaceAll("a", "а").replaceAll("o", "ο").replaceAll("e", "е")],
    [
      "in full width",
      SECRET.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
    ],
    ["with accents", SECRET.replace(/[a-z]/gi, (char) => `${char}\u0301`)],
    ["with invisible characters", [...SECRET].join("\u200b")],
    ["in a link", `https://evil.example/?q=${encodeURIComponent(SECRET)}`],
    ["in the middle", `xx${SECRET.slice(3, 15)}yy`],
  ])("finds it %s", (_name, written) => {
    expect(whole([written], protect([SECRET]))).toContain(WITHHELD);
  });

  it("ends the stream where it is told to", () => {
    const filter = new Filter(protect([SECRET], { ends: true }));
    expect(filter.push(`a ${SECRET} b`)).toBe(`a k7Q${WITHHELD}`);
    expect(filter.ended).toBe(true);
    expect(filter.push("more") + filter.flush()).toBe("");
    expect(filter.withheld).toEqual({ secret: 1 });
  });

  it("watches several texts at once", () => {
    const watched = [
      ...protect(["abcdefghijkl"]),
      ...protect(["ghijklmnopqrst"], { kind: "prompt" }),
    ];
    expect(whole(["abcdefghijklmnopqrstuv"], watched)).toBe(`abc${WITHHELD}uv`);
  });
});
