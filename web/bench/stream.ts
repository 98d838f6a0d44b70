/**
 * Does the page stay responsive while a long answer is written? A scripted engine streams Markdown
 * at a steady pace into the real page in Chromium, which reports its long tasks and its frames.
 *
 * Run after a build: `node web/bench/stream.ts [tokens] [tokens per second]`, by default 10,000 at
 * 100. The target is no task over 50 ms.
 */
import { chromium } from "playwright-core";
import { serve } from "../../tests/with-browser/server.ts";
import { PROBE } from "./probe.ts";

const tokens = Number(process.argv[2] ?? 10_000);
const perSecond = Number(process.argv[3] ?? 100);

/** A section of what models write: prose, a list, code and a table; about 120 tokens. */
const section = (n: number) => `## Part ${n}

Some **bold** words and \`code\` in a paragraph that is long enough to wrap over a few lines of the
page, as paragraphs in answers are, with [a link](https://example.org/${n}) in it.

1. the first point of part ${n}
2. the second one, which is *longer* than the first

\`\`\`python
def part_${n}(value):
    total = sum(range(value))  # a comment
    return f"part ${n}: {total}"
\`\`\`

| name | value |
|---|---|
| a | ${n} |
| b | ${n * 2} |

`;

/** Tokens as the scripted engine counts them. */
const split = (text: string) => text.match(/\n|[^\S\n]*\S+|[^\S\n]+/g) ?? [];

let text = "";
for (let n = 1; split(text).length < tokens; n++) text += section(n);
const answer = split(text).slice(0, tokens).join("");

await using server = await serve({
  script: { reply: () => answer, tokenMs: 1000 / perSecond, contextWindow: 10 * tokens },
});
const settings = { settings: { maxTokens: tokens + 1 } };
const created = await fetch(`${server.url}/api/conversations`, {
  method: "POST",
  body: JSON.stringify(settings),
});
const { id } = (await created.json()) as { id: string };

const executablePath = process.env.CHARLA_CHROME ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.addInitScript(PROBE);
await page.goto(`${server.url}/c/${id}`);
const composer = page.getByRole("textbox", { name: /Message|Mensaje/ });
await composer.fill("go");
await page.evaluate("restart()");
const began = performance.now();
await composer.press("Enter");
await page.locator(".send.stop").waitFor();
await page.locator(".send:not(.stop)").waitFor({ timeout: 0 });
const seconds = (performance.now() - began) / 1000;
const { longTasks, frames } = (await page.evaluate("report()")) as {
  longTasks: number[];
  frames: number[];
};
await browser.close();

const sorted = frames.toSorted((a, b) => a - b);
const quantile = (q: number) => Math.round(sorted[Math.floor(q * (sorted.length - 1))] ?? 0);
const rows = [
  ["answer", `${tokens} tokens in ${Math.round(seconds)} s`],
  ["reached the page", `${Math.round(tokens / seconds)} tokens/s of ${perSecond}`],
  ["tasks over 50 ms", `${longTasks.length}`],
  ["longest of them", longTasks.length === 0 ? "-" : `${Math.round(Math.max(...longTasks))} ms`],
  ["frame, median", `${quantile(0.5)} ms`],
  ["frame, 95 %", `${quantile(0.95)} ms`],
  ["frame, 99 %", `${quantile(0.99)} ms`],
  ["frame, longest", `${quantile(1)} ms`],
] as const;
for (const [name, value] of rows) console.log(`${name.padEnd(18)}${value}`);
