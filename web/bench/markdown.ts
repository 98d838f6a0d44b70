/**
 * `npm run bench:markdown`: how long the page stands still for texts that are hard to render, each as
 * long as the bounds of `panels/markdown/limits.ts` let it through; beyond, it is shown as written.
 */
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { areTooMuch, isTooMuch } from "../src/panels/markdown/limits.ts";
import { cut, PIPELINE, Streamdown } from "../src/panels/markdown/pipeline.ts";

const HARD: Record<string, string> = {
  emphasis: "*a_ ",
  "open emphasis": "*a ",
  "bold in words": "a**b",
  "two dollars": "$$x^2$$ ",
  "one dollar": "$x$ ",
  parentheses: "\\(a\\) ",
  brackets: "\\[a=b\\] ",
  "open brackets": "\\[ a ",
  "empty items": "-\n",
  items: "- a\n",
  "numbered items": "1. a\n",
  "loose items": "- a\n\n",
  "open links": "[a](",
  links: "[a](b) ",
  pictures: "![a](b) ",
  "square brackets": "[",
  ticks: "`a``b",
  tags: "<b>a</b>",
  "open tags": "<b>",
  "closing tags": "</b>",
  addresses: "https://a.bc ",
  "mail addresses": "a@b.cd ",
  strikes: "~~a~~ ",
  footnotes: "[^1]\n\n[^1]: a\n\n",
  definitions: "[a]: b\n",
  "many footnotes": "",
  paragraphs: "a\n\n",
  lines: "a\n",
  quotes: "> a\n\n",
  rules: "---\n\n",
  headings: "# a\n",
  escapes: "\\*",
  entities: "&amp;",
  table: "|a|b|\n",
  "wide table": "",
  fences: "```\na\n```\n",
  nested: "",
  words: "word ",
};
const SPECIAL: Record<string, (length: number) => string> = {
  "many footnotes": (length) =>
    Array.from({ length: length / 24 }, (_, at) => `x[^${at}]\n\n[^${at}]: y\n\n`).join(""),
  table: (length) => `|a|b|\n|-|-|\n${"|a|b|\n".repeat(length / 6)}`,
  "wide table": (length) =>
    `|${"a|".repeat(50)}\n|${"-|".repeat(50)}\n${`|${"a|".repeat(50)}\n`.repeat(length / 102)}`,
  nested: (length) =>
    Array.from({ length: length / 30 }, (_, at) => `${"  ".repeat(at % 20)}- a\n`).join(""),
};

/** Milliseconds of this process alone, whatever else the machine does. */
const spent = () => process.cpuUsage().user / 1000;

function render(text: string): number {
  const start = spent();
  renderToStaticMarkup(createElement(Streamdown, { ...PIPELINE, components: {} }, text));
  return spent() - start;
}

for (let warm = 0; warm < 20; warm++) render("# a *b* $x$ `y`\n\n- a\n\n|a|\n|-|\n|b|");
for (const [name, bit] of Object.entries(HARD)) {
  const make = SPECIAL[name] ?? ((length: number) => bit.repeat(length / bit.length));
  const passes = (length: number) => {
    const blocks = cut(make(length));
    return !areTooMuch(blocks) && !blocks.some(isTooMuch);
  };
  // The longest that passes, found by halving.
  let [least, most] = [0, 200_000];
  while (most - least > 200) {
    const middle = (least + most) / 2;
    if (passes(middle)) least = middle;
    else most = middle;
  }
  const characters = String(Math.round(least)).padStart(8);
  console.log(name.padEnd(18), characters, `${render(make(least)).toFixed(0)} ms`.padStart(10));
}
