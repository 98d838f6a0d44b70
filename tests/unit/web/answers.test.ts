/** What a model wrote is what people see: answers in the style of real models, alone and combined. */
import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { blocksOf } from "../../../web/src/panels/markdown/blocks.ts";
import { longerFences } from "../../../web/src/panels/markdown/fences.ts";
import { shown } from "../../fixtures/shown.ts";

interface Answer {
  readonly name: string;
  readonly text: string;
  readonly shown: string;
  /** It depends on the whole text that it stands in, or decides about the rest of it. */
  readonly alone: boolean;
}

const FOLDER = new URL("../../fixtures/answers/", import.meta.url);

/** Their form is explained in the folder. */
function read(file: string): Answer[] {
  const [, ...entries] = readFileSync(new URL(file, FOLDER), "utf8").split(/^=== /m);
  return entries.map((entry) => {
    const [name = "", ...lines] = entry.trimEnd().split("\n");
    const cut = lines.lastIndexOf("---");
    const text = (cut < 0 ? lines : lines.slice(0, cut)).join("\n");
    const seen = cut < 0 ? lines.filter((line) => line.trim() !== "") : lines.slice(cut + 1);
    const written = seen.map((line) =>
      line.startsWith("|") ? line : line.trim().replace(/\s+/g, " "),
    );
    return {
      name: name.replace("!", ""),
      text,
      shown: written.join("\n"),
      alone: name.startsWith("!"),
    };
  });
}

const answers = globSync("*.md", { cwd: FOLDER })
  .filter((file) => file !== "README.md")
  .flatMap(read);
const parts = answers.filter(({ alone }) => !alone);

/** Always the same numbers, so that a failure stays until it is mended. */
function* numbers(state = 7): Generator<number> {
  for (;;) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

const GROWING = { running: true };
const chance = numbers();
const pick = () => parts[Math.floor(chance.next().value * parts.length)] as Answer;
/** What stands one below the other is shown one below the other. */
const combined = Array.from({ length: 100 }, (): Pick<Answer, "text" | "shown"> => {
  const chosen = Array.from({ length: 2 + Math.floor(chance.next().value * 6) }, pick);
  return {
    text: chosen.map(({ text }) => text).join("\n\n"),
    shown: chosen.map(({ shown }) => shown).join("\n"),
  };
});

describe("an answer is shown as", () => {
  test.each(answers)("$name", (answer) => {
    expect(shown(answer.text)).toBe(answer.shown);
  });
});

describe("an answer is shown the same", () => {
  const within = (text: string, first: string, prefix: string) =>
    text.replace(/^/gm, prefix).replace(prefix, first);

  test.each(parts.filter((_, index) => index % 2 === 0))("in a quote: $name", (answer) => {
    expect(shown(within(answer.text, "> ", "> "))).toBe(answer.shown);
  });

  test.each(parts.filter((_, index) => index % 2 === 1))("in a list: $name", (answer) => {
    const text = `1. Look:\n\n${within(answer.text, "   ", "   ")}`;
    expect(shown(text)).toBe(`Look:\n${answer.shown}`);
  });
});

test.each(combined)("longer answers (%#)", ({ text, shown: expected }) => {
  expect(shown(text)).toBe(expected);
});

test("a text that is cut into blocks is shown as the whole is", () => {
  for (const { text } of combined.slice(0, 30)) {
    const whole = longerFences(text);
    expect(blocksOf(whole).join("")).toBe(whole);
    expect(shown(text)).toBe(shown(text, { blocks: () => [whole] }));
  }
});

test("every beginning of an answer can be shown while it grows", () => {
  const text = combined.map(({ text }) => text).find(({ length }) => length > 300 && length < 500);
  expect(text).toBeDefined();
  for (let end = 0; end < (text?.length ?? 0); end++) shown(text?.slice(0, end) ?? "", GROWING);
});
