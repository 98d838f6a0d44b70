/** What of an answer is read aloud. */
import { expect, test } from "vitest";
import { languageOf, sentencesOf, speakable } from "../../../src/features/voice/spoken.ts";

const ANSWER = `# Facturas

La **factura** vence *mañana*, dice [la guía](https://example.org/x_y) [2].

\`\`\`ts
const secret = 1;
\`\`\`

| a | b |
| - | - |

1. Págala antes de las 12.
2. Guarda el \`recibo\`.

> ¿Y si no? Llama al 3.5.`;

test("an answer is read without the signs of Markdown, code and tables", () => {
  expect(sentencesOf(speakable(ANSWER), "es")).toEqual([
    "Facturas",
    "La factura vence mañana, dice la guía.",
    "Págala antes de las 12.",
    "Guarda el recibo.",
    "¿Y si no?",
    "Llama al 3.5.",
  ]);
});

test("while it is written, no sentence is read before its end, and none changes afterwards", () => {
  const whole = sentencesOf(speakable(ANSWER), "es");
  let before = 0;
  for (let length = 0; length <= ANSWER.length; length++) {
    const now = sentencesOf(speakable(ANSWER.slice(0, length)), "es", false);
    const settled = now.filter((one, at) => one === whole[at]).length;
    expect(settled).toBeGreaterThanOrEqual(before);
    // Only the sentence that is begun last may still be another.
    expect(now.length - settled).toBeLessThanOrEqual(0);
    before = settled;
  }
});

test("code that has no end yet is not read", () => {
  expect(sentencesOf(speakable("Mira:\n```js\nlet a = 1;\nlet b"), "es", false)).toEqual(["Mira:"]);
});

test("a sentence that is too long to wait for is cut at a comma, without a loss", () => {
  const long = `${"una palabra y otra, ".repeat(60)}fin.`;
  const parts = sentencesOf(long, "es");
  expect(parts.length).toBeGreaterThan(3);
  expect(parts.every((one) => one.length <= 300)).toBe(true);
  expect(parts.join(" ")).toBe(long);
});

test("the language of a text is told by its small words", () => {
  expect(languageOf("La factura vence mañana y hay que pagarla.")).toBe("es");
  expect(languageOf("The invoice is due tomorrow, and it has to be paid.")).toBe("en");
});
