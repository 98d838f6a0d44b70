/** Pictures: what they show is where it belongs, and said in words as well. */
import { expect, test } from "vitest";
import { perplexityOf, wishOf } from "../../../src/features/evaluation/begin.ts";
import { barsOf } from "../../../src/features/evaluation/pictures/bars.ts";
import { saidBy } from "../../../src/features/evaluation/pictures/frame.ts";
import { historyOf, spread } from "../../../src/features/evaluation/pictures/history.ts";
import { seriesOf } from "../../../src/features/evaluation/pictures/index.ts";
import { scatterOf } from "../../../src/features/evaluation/pictures/scatter.ts";
import type { Report } from "../../../src/features/evaluation/report.ts";

const words = { title: "A & B", hint: "lower is better", language: "en" } as const;

/** Every element is closed, in the order in which it was opened. */
function checkClosed(svg: string): void {
  const open: string[] = [];
  for (const [, close, name, rest = ""] of svg.matchAll(/<(\/?)([a-z]+)([^>]*)>/g)) {
    if (close) expect(open.pop()).toBe(name);
    else if (!rest.endsWith("/")) open.push(name as string);
  }
  expect(open).toEqual([]);
}

const numbers = (svg: string, pattern: RegExp) =>
  [...svg.matchAll(pattern)].map(([, value]) => Number(value));

test("bars are as long as their values, from nought, and all is said in words", () => {
  const svg = barsOf(
    [
      { label: "one <1>", value: 10, interval: { low: 8, high: 12 } },
      { label: "two", value: 20, interval: null },
    ],
    words,
    { digits: 1 },
  );
  checkClosed(svg);
  const [one = 0, two = 0] = numbers(svg, /<rect [^>]*width="([\d.]+)"/g);
  expect(two / one).toBeCloseTo(2, 2);
  expect(svg).toContain('<title id="title">A &amp; B</title>');
  expect(svg).toContain("one &lt;1&gt;: 10.0 [8.0, 12.0]; two: 20.0");
  expect(svg.match(/class="whisker"/g)).toHaveLength(3);
  expect(svg).toContain("prefers-color-scheme: dark");
  expect(svg).toContain(">two</text>");
  expect(saidBy(svg)).toEqual({ title: "A & B", says: "one <1>: 10.0 [8.0, 12.0]; two: 20.0" });
});

test("points stand further right for more, and higher for more, with letters that the legend explains", () => {
  const svg = scatterOf(
    [
      { label: "slow and good", x: 10, y: 1, interval: null },
      { label: "quick and bad, with a long name", x: 90, y: 2, interval: { low: 1.8, high: 2.2 } },
    ],
    words,
    { x: "tokens/s", y: "bits/byte" },
  );
  checkClosed(svg);
  const [slow = 0, quick = 0] = numbers(svg, /<circle cx="([\d.]+)"/g);
  const [good = 0, bad = 0] = numbers(svg, /<circle [^>]*cy="([\d.]+)"/g);
  expect(quick).toBeGreaterThan(slow);
  expect(bad).toBeLessThan(good);
  expect(svg).toMatch(/>A<.*>B<.*>A<.*>slow and good<.*>B<.*>quick and bad/s);
  expect(svg).toContain("slow and good: tokens/s 10.0, bits/byte 1.000;");
});

test("labels are moved apart, and keep their order", () => {
  const found = spread([100, 101, 50, 100]);
  const sorted = found.toSorted((a, b) => a - b);
  for (const [at, height] of sorted.entries())
    expect(height - (sorted[at - 1] ?? -100)).toBeGreaterThanOrEqual(16);
  expect(found[2]).toBe(50);
});

test("a history has a line for each model, over the runs that can be compared", () => {
  const text = { models: [wishOf("m")], name: "a.txt", content: "Hello." };
  const plan = perplexityOf({ ...text, protocol: "llama" }, "0.0.0").plan;
  const other = perplexityOf({ ...text, protocol: "bits" }, "0.0.0").plan;
  const figure = (value: number) => ({ value, interval: null });
  const report = (createdAt: string, value: number, of: Report["plan"] = plan): Report => ({
    ...{ id: createdAt, state: "done", done: 1, total: 1, error: null, endedAt: createdAt },
    ...{ createdAt, plan: of },
    models: [
      {
        ...{ label: "m", facts: null, ratio: null },
        perplexity: [
          {
            ...{ of: "all", tokens: 1, words: 1, bytes: 1, units: 1, resampled: "windows" },
            ...{ token: figure(value), word: figure(1), byte: figure(1) },
            bitsPerByte: figure(value),
          },
        ],
      },
    ],
  });
  const series = seriesOf([
    report("2026-11-03T00:00:00Z", 3),
    report("2026-11-02T00:00:00Z", 9, other),
    report("2026-11-01T00:00:00Z", 1),
  ]);
  expect(series).toMatchObject([{ label: "m", points: [{ value: 1 }, { value: 3 }] }]);
  const svg = historyOf(series, words);
  checkClosed(svg);
  const [first = 0, last = 0] = numbers(svg, /<circle cx="([\d.]+)"/g);
  expect(last).toBeGreaterThan(first);
  expect(svg).toContain('<polyline points="');
});
