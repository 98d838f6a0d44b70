/** The table of all: its rows, and how it is written. */
import { expect, test } from "vitest";
import { perplexityOf, speedOf, wishOf } from "../../../src/features/evaluation/begin.ts";
import type { ModelReport, Report } from "../../../src/features/evaluation/report.ts";
import { summariseSpeed } from "../../../src/features/evaluation/speed/summary.ts";
import { written } from "../../../src/features/evaluation/table/formats.ts";
import { tableOf } from "../../../src/features/evaluation/table/rows.ts";
import { OWN_TEXTS, ownTexts } from "../../../src/features/evaluation/texts/built-in.ts";
import { readTexts } from "../../../src/features/evaluation/texts/read.ts";

const figure = (value: number) => ({ value, interval: { low: value - 1, high: value + 1 } });
const part = (of: string, value: number) => ({
  ...{ of, tokens: 10, words: 5, bytes: 40, units: 4, resampled: "windows" as const },
  ...{ token: figure(value), word: figure(2), byte: figure(2), bitsPerByte: figure(1) },
});
const text = {
  models: ["small", "big|er"].map(wishOf),
  name: "a.jsonl",
  content: '{"text":"Hello."}',
};
const report = (plan: Report["plan"], models: readonly ModelReport[], more = {}): Report => ({
  ...{ id: "1", state: "done", done: 2, total: 2, error: null, createdAt: "", endedAt: "" },
  ...{ plan, models, ...more },
});
const facts = (label: string) => ({
  ...{ label, name: label, device: "CPU", machine: "2 × Test, 4 GiB", parameters: 134_515_008 },
  ...{ quantisation: "Q8_0", fileBytes: 144_000_000, architecture: "llama" },
});

const table = () => {
  const perplexity = perplexityOf({ ...text, protocol: "llama" }, "0.0.0").plan;
  const speed = speedOf(text, "0.0.0").plan;
  const measured = (label: string, value: number): ModelReport => ({
    ...{ label, facts: facts(label), ratio: null },
    perplexity: [part("all", value), part("en", value), part("es", 2 * value)],
  });
  const round = {
    promptTokens: 500,
    prefillMs: 1000,
    tokens: 60,
    decodeMs: 2000,
    memoryBytes: 5e8,
  };
  return tableOf([
    report(perplexity, [measured("small", 20), measured("big|er", 10)], { state: "cut", done: 1 }),
    report(speed, [{ label: "small", facts: facts("small"), speed: summariseSpeed([round]) }]),
  ]);
};

test("a row joins what the runs have found of a model, and leaves open what none has", () => {
  const [small, bigger] = table().rows;
  expect(small).toMatchObject({ label: "small", prefill: 500, decode: 30, memoryBytes: 5e8 });
  expect(small?.perplexity.es?.value).toBe(40);
  expect(bigger).toMatchObject({ prefill: null, decode: null, questions: null });
});

test("Markdown has a column for each language, says what was cut and what is cited only", () => {
  const lines = written(table(), "md", "en").split("\n");
  expect(lines[0]).toContain("| Perplexity en | Perplexity es |");
  expect(lines[0]).not.toContain("chrF");
  expect(lines[2]).toContain(
    "| 134.5 M | Q8_0 | 144.0 | 500.0 | 30.0 | 500 | 20.00 [19.00, 21.00] |",
  );
  expect(lines[3]).toContain("big\\|er");
  const all = lines.join("\n");
  expect(all).toContain("**not whole: 1 of 2**");
  expect(all).toContain("Cited, not measured here");
  expect(written(table(), "md", "es")).toContain("Perplejidad");
});

test("CSV has plain numbers, and quotes what needs it", () => {
  const lines = written(table(), "csv", "es").split("\r\n");
  expect(lines[0]).toBe(
    "Model,Architecture,Parameters,Type,MB,Prefill tokens/s,Decode tokens/s,Memory MB,Perplexity en,Perplexity es,Bits/byte en,Bits/byte es",
  );
  expect(lines[1]).toBe("small,llama,134515008,Q8_0,144,500,30,500,20,40,1,1");
  expect(lines[2]).toContain(",,,");
  expect(JSON.parse(written(table(), "json", "en")).rows).toHaveLength(2);
});

test("Charla's own texts are in both languages, with nothing between the documents", () => {
  const { documents, source } = readTexts(`${OWN_TEXTS}.jsonl`, ownTexts());
  expect(source).toMatchObject({ documents: 20, languages: ["en", "es"], licence: "Apache-2.0" });
  for (const { text } of documents) expect(text.split(/\s+/).length).toBeGreaterThan(150);
});
