/**
 * What `charla doctor --tune` makes of its measurements: a fair contest, a modest choice, and a
 * file that only counts for the machine and the model that it was measured with.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { median } from "../../../src/core/statistics.ts";
import {
  readTuning,
  saveTuning,
  type Tuning,
  thisMachine,
} from "../../../src/engines/llama/service/tuning.ts";
import { type Contests, choose } from "../../../src/engines/llama/service/tuning-choose.ts";
import { contend, type Score } from "../../../src/engines/llama/service/tuning-contest.ts";
import { temporary } from "../../fixtures/charla.ts";

const forever = { until: 1, latest: 2, now: () => 0 };

function turns(speeds: readonly number[], order: number[] = []) {
  return speeds.map((speed, value) => ({
    value,
    run: async () => {
      order.push(value);
      return speed;
    },
  }));
}

test("candidates take turns, and no one is always first", async () => {
  const order: number[] = [];
  await contend(turns([10, 11, 12], order), forever);
  expect(order.slice(0, 9)).toEqual([0, 1, 2, 1, 2, 0, 2, 0, 1]);
  expect(order).toHaveLength(15 * 3);
});

test("one that is far behind is dropped after two rounds, and keeps its score", async () => {
  const order: number[] = [];
  const scores = await contend(turns([10, 3, 9], order), forever);
  expect(order.filter((value) => value === 1)).toHaveLength(2);
  expect(scores.map((score) => score.median)).toEqual([10, 3, 9]);
});

test("the clock ends it: after three rounds in time, and at once when it is late", async () => {
  const clock = (now: number) => ({ until: 1, latest: 2, now: () => now });
  const inTime = await contend(turns([1, 1]), clock(1));
  expect(inTime.map(({ runs }) => runs.length)).toEqual([3, 3]);
  const late = await contend(turns([1, 1]), clock(2));
  expect(late).toMatchObject([{ runs: [], median: Number.NaN }, { runs: [] }]);
});

test("half of the values are no larger than the median, and half no smaller", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1 }), (all) => {
      const middle = median(all);
      expect(all.filter((one) => one <= middle).length * 2).toBeGreaterThanOrEqual(all.length);
      expect(all.filter((one) => one >= middle).length * 2).toBeGreaterThanOrEqual(all.length);
    }),
  );
});

const scores = <Value>(values: readonly Value[], medians: readonly number[]) =>
  values.map((value, index): Score<Value> => {
    const speed = medians[index] ?? 0;
    return { value, runs: [speed, speed, speed], median: speed };
  });

const kinds = [
  { flashAttention: true, kvType: "f16" },
  { flashAttention: false, kvType: "f16" },
  { flashAttention: true, kvType: "q8_0" },
] as const;

const contests: Contests = {
  decode1: scores([1, 2], [150, 151]),
  decode2: scores([1, 2], [160, 150]),
  decode4: scores([1, 2], [170, 230]),
  prefill: scores([1, 2], [300, 560]),
  batch: scores([32, 64, 128, 256], [400, 540, 555, 560]),
  draft: scores([0, 2, 4], [150, 330, 370]),
  attentionPrefill: scores(kinds, [500, 490, 510]),
  attentionDecode: scores(kinds, [100, 130, 101]),
};

test("the fastest wins, unless a more modest one is nearly as fast", () => {
  expect(choose(contests)).toEqual({
    threads: 1,
    batchThreads: 2,
    // 540 is more than 3 % behind 560, and 555 is not.
    batchTokens: 128,
    flashAttention: false,
    kvType: "f16",
    // 150 a second alone; 330 / 3 batches a second with 1.75 tokens each, 370 / 5 with 1.94.
    draftTokens: 2,
  });
  const flat = { ...contests, draft: scores([0, 2, 4], [150, 180, 200]) };
  expect(choose(flat).draftTokens).toBe(0);
});

test("what was measured less than three times is not chosen", () => {
  const once = (list: Contests["batch"]) => list.map((score) => ({ ...score, runs: [1] }));
  const never = contests.draft.map((score) => ({ ...score, runs: [], median: Number.NaN }));
  const chosen = choose({ ...contests, decode4: once(contests.decode4), draft: never });
  expect(chosen).toEqual({ threads: 1, batchTokens: 128, flashAttention: false, kvType: "f16" });
});

test("no choice is more than 3 % behind the best", () => {
  const speeds = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), {
    ...{ minLength: 5, maxLength: 5 },
  });
  fc.assert(
    fc.property(speeds, (all) => {
      const counts = [1, 2, 4, 6, 8];
      const { threads } = choose({ ...contests, decode1: scores(counts, all) });
      const chosen = all[counts.indexOf(threads ?? 0)] ?? 0;
      expect(chosen).toBeGreaterThanOrEqual(0.97 * Math.max(...all));
    }),
  );
});

const never = () => {
  throw new Error("nothing to log");
};

function measuredFor(model: string, machine = thisMachine()): Tuning {
  const at = new Date().toISOString();
  return { machine, model, at, chosen: choose(contests), measured: contests };
}

test("what is saved is found again, for this machine and this model only", async () => {
  const home = join(temporary(), "home");
  expect(await readTuning(home, "a", never)).toBeUndefined();
  const other = { ...thisMachine(), cpu: "another one" };
  await saveTuning(home, measuredFor("a", other));
  expect(await readTuning(home, "a", never)).toBeUndefined();
  await saveTuning(home, measuredFor("a"));
  await saveTuning(home, measuredFor("b"));
  const again = { ...measuredFor("a"), chosen: { ...choose(contests), threads: 7 } };
  const path = await saveTuning(home, again);
  expect(await readTuning(home, "a", never)).toEqual(again);
  expect((await readTuning(home, "b", never))?.chosen.threads).toBe(1);
  expect(await readTuning(home, "c", never)).toBeUndefined();
  expect(JSON.parse(readFileSync(path, "utf8")).entries).toHaveLength(3);
});

test("a file that is damaged, of another version or absurd is told and not used", async () => {
  const home = temporary();
  const tuning = measuredFor("a");
  const absurd = { ...tuning, chosen: { ...tuning.chosen, threads: 1e9 } };
  for (const content of [
    "{",
    JSON.stringify({ version: 2, entries: [] }),
    JSON.stringify({ version: 1, entries: [absurd] }),
  ]) {
    writeFileSync(join(home, "tuning.json"), content);
    const lines: string[] = [];
    expect(await readTuning(home, "a", (line) => lines.push(line))).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining("tuning.json")]);
  }
  await saveTuning(home, tuning);
  expect(await readTuning(home, "a", never)).toEqual(tuning);
  mkdirSync(join(home, "x", "tuning.json"), { recursive: true });
  const lines: string[] = [];
  expect(await readTuning(join(home, "x"), "a", (line) => lines.push(line))).toBeUndefined();
  expect(lines).toHaveLength(1);
});
