/** What features measure of themselves, as runs: over HTTP and in the terminal, kept part by part, as files. */
import { Command } from "commander";
import { expect, onTestFinished, test, vi } from "vitest";
import { features } from "../../../src/app/features.ts";
import { addCommands } from "../../../src/app/rest.ts";
import { readConfig } from "../../../src/config.ts";
import type { Feature } from "../../../src/core/feature.ts";
import type { Measure } from "../../../src/core/measure.ts";
import { temporary } from "../../fixtures/charla.ts";
import { serve } from "../../fixtures/shared-mode.ts";

const table = (name: string, hits: number) => ({
  title: { en: name, es: `${name}, en español` },
  columns: [
    { en: "Right", es: "Aciertos" },
    { en: "Early", es: "A tiempo" },
  ],
  // The second has nothing to tell in the second column.
  rows: [
    {
      label: { en: "rain, snow", es: "lluvia, nieve" },
      shares: [
        { hits, of: 20 },
        { hits: 1, of: 4 },
      ],
    },
    { label: { en: "wind", es: "viento" }, shares: [{ hits: 0, of: 5 }] },
  ],
});

/** A feature that measures something of itself, among the others for the time of a test. */
function weather(second: (signal: AbortSignal) => void = () => {}): void {
  const measure: Measure = {
    name: "weather",
    title: { en: "The weather", es: "El tiempo" },
    about: { en: "how often it is right", es: "cuánto acierta" },
    load: async () => ({
      seed: 7,
      cases: (seed) => ({ count: 24, bytes: 100, digest: `${seed}`.repeat(8), languages: ["en"] }),
      parts: [
        async (seed) => table("Forecast", seed),
        async (_seed, signal) => {
          second(signal);
          return table("Again", 20);
        },
      ],
      notes: [{ en: "It is only the weather.", es: "Es solo el tiempo." }],
    }),
  };
  const list = features as Feature[];
  const feature = { name: "weather", measures: [measure] };
  list.push(feature);
  onTestFinished(() => void list.splice(list.indexOf(feature), 1));
}

async function world(second?: (signal: AbortSignal) => void) {
  weather(second);
  const place = await serve();
  const ana = await place.administrator();
  const begin = async (more = {}) =>
    (await ana.must("POST", "/api/evaluations", { kind: "measure", measure: "weather", ...more }))
      .id;
  const ended = (id: string, wanted = "done") =>
    expect
      .poll(async () => (await ana.must("GET", `/api/evaluations/${id}`)).state, {
        timeout: 20_000,
      })
      .toBe(wanted);
  return { ana, begin, ended };
}

test("a measure is offered, done without a model, shown with intervals, and saved as files", async () => {
  const { ana, begin, ended } = await world();
  const { items } = await ana.must("GET", "/api/evaluations/measures");
  expect(items).toContainEqual({
    ...{ name: "weather", title: { en: "The weather", es: "El tiempo" } },
    about: { en: "how often it is right", es: "cuánto acierta" },
  });
  const id = await begin();
  await ended(id);
  const report = await ana.must("GET", `/api/evaluations/${id}`);
  expect(report).toMatchObject({
    ...{ done: 2, total: 2, models: [], measured: [table("Forecast", 7), table("Again", 20)] },
    plan: { seed: 7, source: { name: "weather", documents: 24, digest: "77777777" } },
  });
  const shown = await ana.must("GET", `/api/evaluations/${id}/shown?language=es`);
  expect(shown.tables[0].head).toEqual(["Forecast, en español", "Aciertos", "A tiempo"]);
  expect(shown.tables[0].rows).toEqual([
    ["lluvia, nieve", "7/20: 35,0 % [18,1, 56,7]", "1/4: 25,0 % [4,6, 69,9]"],
    ["viento", "0/5: 0,0 % [0,0, 43,4]", ""],
  ]);
  expect(shown.notes).toContain("Es solo el tiempo.");
  expect(shown.pictures).toEqual([]);

  const file = async (format: string) =>
    (await ana.call("GET", `/api/evaluations/table/file?runs=${id}&format=${format}`)).body;
  const lines = (await file("csv")).trim().split("\r\n");
  expect(lines).toHaveLength(1 + 2 * 3);
  expect(lines[1]).toMatch(/^weather,Forecast,"rain, snow",Right,7,20,0\.35,0\.18\d+,0\.56\d+$/);
  const markdown = await file("md");
  expect(markdown).toContain("| wind | 0/5: 0.0 % [0.0, 43.4] |  |");
  expect(markdown).toContain("Charla itself: weather, SHA-256");
  expect(markdown).not.toContain("GPT-2");
});

test("the same seed gives the same again, and another one is told with its figures", async () => {
  const { ana, begin, ended } = await world();
  const [first, other] = [await begin(), await begin({ seed: 3 })];
  for (const id of [first, other]) await ended(id);
  const { plan, measured } = await ana.must("GET", `/api/evaluations/${other}`);
  expect([plan.seed, measured[0].rows[0].shares[0].hits]).toEqual([3, 3]);
  const both = await ana.must("GET", `/api/evaluations/table?runs=${first},${other}&language=en`);
  expect(both.tables).toHaveLength(4);
  expect(both.notes.join()).toContain("differ in more than one thing (text or questions, seed)");
});

test("one that was stopped keeps its parts and goes on, and without its feature it is still shown", async () => {
  let asked = 0;
  const { ana, begin, ended } = await world((signal) => {
    asked += 1;
    if (asked === 1) throw Object.assign(new Error("no rain"), { signal });
  });
  const id = await begin();
  await ended(id, "failed");
  const { done, measured } = await ana.must("GET", `/api/evaluations/${id}`);
  expect([done, measured.length]).toEqual([1, 1]);
  await ana.must("POST", `/api/evaluations/${id}/resume`);
  await ended(id);
  expect(asked).toBe(2);

  const list = features as Feature[];
  const [gone] = list.splice(
    list.findIndex(({ name }) => name === "weather"),
    1,
  ) as [Feature];
  onTestFinished(() => void list.push(gone));
  const shown = await ana.must("GET", `/api/evaluations/${id}/shown?language=en`);
  expect(shown.tables[1].head[0]).toBe("Again");
  const body = { kind: "measure", measure: "weather" };
  expect(await ana.fails("POST", "/api/evaluations", body)).toBe("evaluation_measure_not_found");
});

test("the terminal has a command for each, which needs no model and keeps what it finds", async () => {
  weather();
  const home = temporary();
  const printed: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line) => void printed.push(`${line}`));
  onTestFinished(() => spy.mockRestore());
  const charla = async (...args: string[]) => {
    const program = new Command("charla").exitOverride();
    addCommands(program, readConfig({ engine: "scripted", home }, {}), () => {});
    await program.parseAsync(["eval", ...args], { from: "user" });
    return printed.splice(0).join("\n");
  };
  const report = JSON.parse(await charla("weather", "--json", "--seed", "4"));
  expect(report).toMatchObject({
    state: "done",
    measured: [table("Forecast", 4), table("Again", 20)],
  });
  const shown = await charla("show", report.id.slice(0, 8));
  expect(shown).toContain("4/20: 20.0 % [8.1, 41.6]");
  expect(shown).toContain("No model was asked.");
  expect(await charla("list")).toContain("weather");
});
