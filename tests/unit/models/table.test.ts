import { expect, test } from "vitest";
import { type Model, type Models, modelsReply } from "../../../src/features/models/api.ts";
import { advice, listOf } from "../../../src/features/models/table.ts";
import { widthOf } from "../../../src/terminal/text.ts";

const model = (id: string, gigabytes: number, more: Partial<Model> = {}): Model => ({
  ...{ id, name: id.toUpperCase(), languages: ["en"], licence: "MIT", parameters: "1B" },
  description: { en: "For letters and short questions.", es: "Para cartas y preguntas cortas." },
  ...{ quantisation: "Q4", contextWindow: 8192, gated: false, own: false, starter: false },
  ...{ digest: null, state: "absent", loading: null, received: 0, bytesPerSecond: null },
  ...{ thinking: null, merged: null },
  ...{ error: null, template: "own", fileBytes: gigabytes * 1e9, memoryBytes: gigabytes * 1e9 },
  ...more,
});

const here = (changes: Partial<Models> = {}): Models =>
  modelsReply.parse({
    machine: { cores: 2, memoryBytes: 8e9, freeDiskBytes: 9e9, gpu: null },
    ...{ current: "tiny", recommended: "good", adapters: [] },
    models: [
      model("tiny", 0.1, { starter: true, state: "ready" }),
      ...[model("good", 2), model("big", 4), model("bigger", 7), model("huge", 20)],
    ],
    ...changes,
  });

test("says of each model how it runs here and what it is good for", () => {
  const rows = listOf(here(), "en", Number.POSITIVE_INFINITY).split("\n").slice(1, 6);
  const fits = rows.map((row) => row.split(/ {2,}/).slice(-2));
  expect(fits).toEqual(
    ["well", "well (best)", "slowly", "barely", "no"].map((fit) => [
      fit,
      "For letters and short questions.",
    ]),
  );
});

test.each([40, 80])("fits %i columns, in both languages", (columns) => {
  for (const language of ["en", "es"] as const) {
    const lines = listOf(here(), language, columns).split("\n");
    expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
    expect(lines.join("\n")).toContain(language === "es" ? "2,0 GB" : "2.0 GB");
  }
});

test("names the next step: to get, to choose, or nothing more", () => {
  const last = (all: Models) => listOf(all, "en", 200).split("\n").at(-1);
  expect(last(here())).toContain("Get it: charla models pull good");
  const models = here().models.map((one) => ({ ...one, state: "ready" as const }));
  expect(last(here({ models }))).toContain("charla serve --model good");
  expect(last(here({ models, current: "good" }))).toMatch(/^\* answers/);
  expect(last(here({ current: "good" }))).toBe("Get the one that answers: charla models pull good");
});

test("a server advises a better model than the starter, once there is one", () => {
  expect(advice(here(), "en").join(" ")).toMatch(/TINY is a starter.*GOOD \(2\.0 GB\).*pull good/);
  const models = here().models.map((one) => ({ ...one, state: "ready" as const }));
  expect(advice(here({ models }), "es").join(" ")).toContain("--model good");
  expect(advice(here({ current: "good" }), "en")).toEqual([]);
  expect(advice(here({ recommended: null }), "en")).toEqual([]);
  expect(advice(here({ recommended: "tiny" }), "en")).toEqual([]);
});
