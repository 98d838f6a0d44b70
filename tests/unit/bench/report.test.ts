/** Rows, tables and plots of the benchmark: nothing that failed may be missing from them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { measure, notes, row } from "../../../bench/measure.ts";
import { publish } from "../../../bench/publish.ts";
import { table, value } from "../../../bench/report.ts";
import { bars, ratios } from "../../../bench/svg.ts";
import type { Answer, Row, System } from "../../../bench/types.ts";
import { gapsWithin } from "../../../bench/workloads/w5.ts";
import { judge } from "../../../bench/workloads/w6.ts";

const rows: readonly Row[] = [
  {
    ...{ workload: "W1", case: "1 chat", unit: "tokens/s", charla: 98.4, runs: 3 },
    peers: { loop: 100, "a<b&c": null },
    ratio: { loop: { median: 0.984, low: 0.95, high: 1.01 } },
  },
];

/** A system that answers nothing and counts how often it was on and off the processor. */
function fake(name: string, setting: string, log: string[]): System {
  return {
    ...{ name, setting, pid: 0, startMs: 0 },
    ask: () => Promise.reject(new Error("not asked here")),
    pause: () => log.push(`pause ${setting}`),
    resume: () => log.push(`resume ${setting}`),
    stop: async () => {},
  };
}

describe("measure", () => {
  it("keeps the best setting, pairs the rounds, and reports who fails with the reason", async () => {
    const log: string[] = [];
    const speeds: Record<string, number> = { own: 30, slow: 5, fast: 10, broken: 1 };
    const found = await measure({
      workload: "T",
      cases: { speed: "tokens/s" },
      rounds: 4,
      contenders: [
        { name: "charla", settings: [fake("charla", "own", log)] },
        { name: "peer", settings: [fake("peer", "slow", log), fake("peer", "fast", log)] },
        { name: "falls", settings: [fake("falls", "broken", log)] },
        { name: "absent", settings: [], failed: "no such package" },
      ],
      async run({ setting }, round) {
        if (setting === "broken" && round === 2) throw new Error("it fell over");
        log.push(`run ${setting}`);
        // A machine that gets slower leaves the ratio alone.
        return { speed: (speeds[setting] as number) / (round + 2) };
      },
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ workload: "T", case: "speed", unit: "tokens/s", runs: 4 });
    expect(found[0]?.peers).toMatchObject({ falls: null, absent: null });
    const { median = 0, low = 0, high = 0 } = found[0]?.ratio.peer ?? {};
    for (const ratio of [median, low, high]) expect(ratio).toBeCloseTo(3, 9);
    expect(found[0]?.ratio).not.toHaveProperty("falls");
    const reasons = notes.failures.map(({ system, reason }) => [system, reason]);
    expect(reasons).toContainEqual(["falls", "it fell over"]);
    expect(reasons).toContainEqual(["absent", "no such package"]);
    expect(notes.settings).toContainEqual({
      ...{ workload: "T", case: "speed", system: "peer", setting: "fast" },
    });
    // The slow setting had its trial and nothing more.
    expect(log.filter((entry) => entry === "run slow")).toHaveLength(1);
  });

  it("has every other system off the processor while one runs", async () => {
    const log: string[] = [];
    const settings = ["a", "b", "c"];
    const paused = new Set<string>();
    await measure({
      workload: "T",
      cases: { time: "ms" },
      rounds: 3,
      contenders: settings.map((name) => ({ name, settings: [fake(name, name, log)] })),
      async run({ setting }) {
        for (const entry of log) {
          const [what, who = ""] = entry.split(" ");
          if (what === "pause") paused.add(who);
          else paused.delete(who);
        }
        expect([...paused].toSorted()).toEqual(settings.filter((name) => name !== setting));
        return { time: 1 };
      },
    });
    expect(
      notes.failures.filter(({ workload, case: name }) => workload + name === "Ttime"),
    ).toEqual([]);
  });

  it("gives no ratio where an added time is zero or less", () => {
    const results = new Map([
      ["charla", [{ added: -0.1 }]],
      ["peer", [{ added: 3 }]],
    ]);
    const { charla, peers, ratio } = row(
      { workload: "T", name: "added", unit: "ms", rounds: 1 },
      results,
    );
    expect({ charla, peers, ratio }).toEqual({ charla: -0.1, peers: { peer: 3 }, ratio: {} });
  });
});

describe("the table", () => {
  it("names a peer that failed", () => {
    expect(table(rows, new Map([["W1", "About it."]]))).toContain(
      "| 1 chat | tokens/s | 98.4 | 100 | **0.98** (0.95–1.01) | failed |  | 3 |",
    );
  });

  it("shows three digits of any number", () => {
    expect([0.01234, 1.5, 12.34, 1234.5, 0, -0.5].map(value)).toEqual([
      ...["0.0123", "1.50", "12.3", "1,235", "0", "-0.500"],
    ]);
    expect(value(null)).toBe("failed");
    expect(value(undefined)).toBe("");
  });
});

describe("the plots", () => {
  it("are well-formed, name everything and have room for it", () => {
    const name = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 8 });
    const number = fc.double({ min: 0.001, max: 1e6, noNaN: true });
    const any = fc.record({
      ...{ workload: name, case: name, unit: fc.constantFrom("ms", "tokens/s") },
      charla: fc.option(number),
      peers: fc.dictionary(name, fc.option(number)),
      ratio: fc.dictionary(
        name,
        number.map((median) => ({ median, low: median / 2, high: median * 2 })),
      ),
      runs: fc.constant(1),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 4 }), (list) => {
        for (const svg of [bars("T", list as Row[]), ratios("T", list as Row[])]) {
          const [, width = "", height = ""] = /viewBox="0 0 (\S+) (\S+)"/.exec(svg) ?? [];
          expect(svg).not.toMatch(/NaN|Infinity|undefined/);
          for (const [, at] of svg.matchAll(/ y="([\d.]+)"/g)) {
            expect(Number(at)).toBeLessThanOrEqual(Number(height));
          }
          for (const [, at] of svg.matchAll(/ x="([\d.]+)"/g)) {
            expect(Number(at)).toBeLessThanOrEqual(Number(width));
          }
          // Every "<" opens one of our elements; names are escaped.
          expect(svg.replace(/<\/?(svg|style|text|rect|line|circle)\b[^<>]*>/g, "")).not.toMatch(
            /</,
          );
        }
      }),
    );
    expect(bars("T", rows)).toContain("a&lt;b&amp;c");
    expect(bars("T", rows)).toContain(">failed<");
  });

  it("are written with tables and figures", () => {
    const folder = mkdtempSync(join(tmpdir(), "charla-bench-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const found = { settings: [], failures: [{ ...failure, reason: "it\nfell" }] };
    publish({ rows, machine: { Cores: 2 }, notes: found, about: new Map() }, folder);
    expect(readdirSync(folder).toSorted()).toEqual([
      ...["README.md", "engines.svg", "machine.json", "results.json", "w1.svg"],
    ]);
    const text = readFileSync(join(folder, "README.md"), "utf8");
    expect(text).toContain("![Chats at once](w1.svg)");
    expect(text).toContain("- W1, 1 chat, peer: it fell");
    expect(JSON.parse(readFileSync(join(folder, "results.json"), "utf8"))).toEqual(rows);
  });
});

const failure = { workload: "W1", case: "1 chat", system: "peer" };

const answer: Answer = {
  ...{ began: 0, deltas: [100], ended: 1000, text: "", status: 200, retryAfter: null },
  ...{ promptTokens: 1, cachedTokens: 0, completionTokens: 50, error: null, retryable: false },
};

describe("what the workloads count", () => {
  it("takes gaps between pieces that overlap the long prompt, whole", () => {
    const gaps = gapsWithin({ deltas: [0, 10, 20, 500, 510, 520] }, 25, 515);
    expect(gaps).toEqual([480, 10, 10]);
  });

  it("counts finished tokens against capacity, refusals, and shares of users", () => {
    const refused = { ...answer, status: 429, error: "busy", completionTokens: null };
    const served = [
      ...[0, 0, 0, 0, 1, 2].map((user) => ({ ...answer, user })),
      { ...refused, retryAfter: "2", user: 0 },
      { ...refused, status: 503, user: 1 },
      { ...refused, status: 200, retryable: true, user: 1 },
      { ...answer, status: 0, error: "cancelled", completionTokens: null, user: 2 },
    ];
    const values = judge(served, { began: 0, seconds: 2, capacity: 300 });
    expect(values).toEqual({
      goodput: 50,
      "refused, to be asked again": 3,
      "refused without Retry-After": 1,
      "without an answer": 1,
      "largest share over the median": 4,
      "first token of those served": 100,
    });
  });
});
