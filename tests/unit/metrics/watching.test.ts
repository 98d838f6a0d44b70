/**
 * Prometheus' rules and Grafana's dashboard: made by the script, right by Prometheus' own grammar, and
 * about nothing that a server does not tell.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { expect, it } from "vitest";
import { dashboard, FAULTS, files, queries, rules } from "../../../scripts/watching.ts";
import type { EngineLoad } from "../../../src/core/extras.ts";
import type { Measured } from "../../../src/features/metrics/measure.ts";
import { Meters } from "../../../src/features/metrics/meters.ts";
import { ROOT } from "../../fixtures/charla.ts";

const load: EngineLoad = {
  ...{ model: "parrot", name: "Parrot" },
  ...{ slots: 4, busy: 3, queued: 2, kvTokens: 8192, kvUsedTokens: 100, memoryBytes: 5e8 },
  counters: {
    ...{ promptTokens: 1000, cachedTokens: 600, restoredTokens: 40, completionTokens: 77 },
    ...{ requests: 9, refused: 1, cancelled: 2, restarts: 3 },
  },
};
const turn: Measured = {
  ...{ origin: "api", request: "1", model: "parrot", digest: undefined, guard: undefined },
  ...{ startedAt: "2026-11-29T12:00:00Z", outcome: "stop", error: undefined },
  ...{ firstTokenMs: 100, totalMs: 1000 },
  finish: {
    ...{ reason: "stop", promptTokens: 10, cachedTokens: 0, completionTokens: 9 },
    ...{ firstTokenMs: 100, totalMs: 1000, tokensPerSecond: 9 },
  },
};

/** Names of metrics, and of the labels of any. */
async function told() {
  const meters = new Meters(() => [load]);
  meters.record(turn);
  meters.record({ ...turn, outcome: "cancelled", finish: undefined });
  const lines = (await meters.text()).split("\n").filter((line) => /^\w/.test(line));
  const names = new Set(lines.map((line) => /^\w+/.exec(line)?.[0]));
  const labels = lines.flatMap((line) => [...line.matchAll(/(\w+)="/g)].map(([, name]) => name));
  return { names, labels: new Set(labels) };
}

/** What stands at the nodes of a kind, as Prometheus reads it. */
function nodes(query: string, kind: string): readonly string[] {
  const found: string[] = [];
  parser.parse(query).iterate({
    enter: ({ name, from, to }) => void (name === kind && found.push(query.slice(from, to))),
  });
  return found;
}

it.each(queries().map((query) => [query]))("%s", async (query) => {
  const { names, labels } = await told();
  expect(nodes(query, "⚠")).toEqual([]);
  const metrics = nodes(query, "VectorSelector").map((one) => /^\w+/.exec(one)?.[0]);
  expect(metrics.length).toBeGreaterThan(0);
  // "up" is Prometheus' own.
  expect(metrics.filter((name) => name !== "up" && !names.has(name))).toEqual([]);
  const named = [...nodes(query, "LabelName"), ...nodes(query, "GroupingLabels")];
  const used = named.flatMap((one) => one.match(/\w+/g) ?? []);
  expect(used.filter((name) => name !== "job" && !labels.has(name))).toEqual([]);
});

it("the grammar tells a wrong query", () => {
  expect(nodes("sum(rate(a[5m])", "⚠")).not.toEqual([]);
});

it("the files are what the script makes", () => {
  for (const [path, content] of Object.entries(files())) {
    expect(readFileSync(join(ROOT, path), "utf8"), path).toBe(content);
  }
});

it("codes of errors that alerts are about are thrown somewhere", () => {
  const sources = globSync("src/**/*.ts", { cwd: ROOT })
    .map((file) => readFileSync(join(ROOT, file), "utf8"))
    .join("\n");
  expect(FAULTS.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
});

it("each alert says what to do, and each panel has room of its own", () => {
  const [group] = rules().groups;
  for (const { for: wait, annotations } of group?.rules ?? []) {
    expect(wait).toMatch(/^\d+m$/);
    expect(annotations.description).toMatch(/\.$/);
  }
  const places = dashboard().panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
  expect(new Set(places).size).toBe(places.length);
});
