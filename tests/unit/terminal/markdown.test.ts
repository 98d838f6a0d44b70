/** Markdown in a terminal: what is shown, at which width, and that it does not depend on the pieces. */
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Markdown } from "../../../src/terminal/markdown.ts";
import { widthOf } from "../../../src/terminal/text.ts";

interface Look {
  readonly columns?: number;
  readonly colours?: boolean;
}

/** What stands in the terminal after these pieces. */
function shown(pieces: readonly string[], { columns = 80, colours = true }: Look = {}): string {
  let written = "";
  const markdown = new Markdown((text) => (written += text), columns, colours);
  for (const piece of pieces) markdown.push(piece);
  markdown.end();
  return written;
}

/** The same without its colours. */
const bare = (text: string, look?: Look) => stripVTControlCharacters(shown([text], look));

describe("Markdown in colour", () => {
  it.each([
    ["a **bold** word", "a \u001b[1mbold\u001b[22m word\n"],
    ["`code`, ~~gone~~", "\u001b[36mcode\u001b[39m, \u001b[9mgone\u001b[29m\n"],
    ["2 ** 3 * 4, snake_case_name", "2 ** 3 * 4, snake_case_name\n"],
    ["never **closed", "never **closed\n"],
    ["\\*not italic\\*", "*not italic*\n"],
    [
      "[Node](https://nodejs.org)!",
      "\u001b[4mNode\u001b[24m \u001b[2m(https://nodejs.org)\u001b[22m!\n",
    ],
    ["a[0] and b[1](2)", "a[0] and b\u001b[4m1\u001b[24m \u001b[2m(2)\u001b[22m\n"],
  ])("%j", (text, expected) => expect(shown([text])).toBe(expected));

  it("leaves out the marks of headings, lists, quotes and fences", () => {
    const text = "# Title\n\n- one\n- two\n  1. deep\n\n> said\n\n```js\nlet a = 1;\n```\n***\nend";
    expect(bare(text, { columns: 20 }).split("\n")).toEqual([
      ...["Title", "", "• one", "• two", "  1. deep", "", "│ said", ""],
      ...["── js ──────────────", "let a = 1;", "────────────────────"],
      ...["────────────────────", "end", ""],
    ]);
  });

  it("colours code by its language, and a difference by its sides", () => {
    const code = shown(["```python\nif x: return 'a'  # why\n```\n"]).split("\n")[1];
    const [m, g, s] = ["\u001b[35m", "\u001b[90m", "\u001b[32m"];
    const off = "\u001b[39m";
    expect(code).toBe(`${m}if${off} x: ${m}return${off} ${s}'a'${off}  ${g}# why${off}`);
    expect(shown(["```diff\n-a\n+b\n```"])).toContain(
      "\u001b[31m-a\u001b[39m\n\u001b[32m+b\u001b[39m",
    );
  });
});

describe("lines", () => {
  it("break between words, and under the text of a list", () => {
    expect(bare("- one two three four", { columns: 12 })).toBe("• one two\n  three four\n");
    expect(bare("> one two three four", { columns: 12 })).toBe("│ one two\n│ three four\n");
    expect(bare("日本語日本語", { columns: 8 })).toBe("日本語日\n本語\n");
  });

  it("hold tables that are as wide as the terminal, or lists where it is narrow", () => {
    const text = "| City | Known for |\n|---|---|\n| Porto | wine, and bridges over the Douro |\n";
    expect(bare(text, { columns: 26 }).split("\n")).toEqual([
      "City  │ Known for",
      "──────┼───────────────────",
      "Porto │ wine, and bridges",
      "      │ over the Douro",
      "",
    ]);
    expect(bare(text, { columns: 14 }).split("\n")).toEqual([
      ...["City: Porto", "Known for:", "  wine, and", "  bridges over", "  the Douro", ""],
    ]);
  });
});

/** Texts full of what could mean something. */
const markdown = fc
  .array(
    fc.constantFrom(
      ...["**", "*", "`", "```", "_", "~~", "[", "](", ")", "|", "-", "#", ">", "1.", "\\", "\n"],
      ...[
        " ",
        "  ",
        "word",
        "a",
        "语",
        "👩‍🚀",
        "\n\n",
        "\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "```js\n",
      ],
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));
const columns = fc.constantFrom(10, 40, Number.POSITIVE_INFINITY);

describe("whatever is written", () => {
  it("is shown alike, in whatever pieces it comes", () => {
    fc.assert(
      fc.property(markdown, columns, fc.boolean(), (text, columns, colours) => {
        const look = { columns, colours };
        expect(shown([...text], look)).toBe(shown([text], look));
      }),
    );
  });

  it("stays as it is without colours, but for the frames of tables and the end of a line", () => {
    fc.assert(
      fc.property(markdown, (text) => {
        fc.pre(!/^ {0,3}\|/m.test(text));
        const look = { columns: Number.POSITIVE_INFINITY, colours: false };
        expect(shown([text], look).replace(/ *\n/g, "\n").trimEnd()).toBe(
          text.replace(/ *\n/g, "\n").trimEnd(),
        );
      }),
    );
  });

  it("keeps every word, and no line is wider than the terminal", () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 60 }), (words, columns) => {
        const lines = shown([`- ${words.join(" ")}`], { columns, colours: false }).split("\n");
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
        expect(lines.join(" ").replace(/\s+/g, " ").trim()).toBe(`- ${words.join(" ")}`);
      }),
    );
  });
});
