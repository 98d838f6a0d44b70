/** What the guard measures of itself comes to the figures that are published. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Share } from "../../../src/core/statistics.ts";
import { measuring } from "../../../src/features/guard/measure/index.ts";

const published = JSON.parse(
  readFileSync(new URL("../../../docs/evaluations/guard.json", import.meta.url), "utf8"),
);
const bare = ({ hits, of }: Share) => ({ hits, of });
const sharesOf = (list: readonly Record<string, Share>[], names: readonly string[]) =>
  list.map((one) => names.map((name) => bare(one[name] as Share)));

test("each part comes to what is published", async () => {
  const { signal } = new AbortController();
  const tables = [];
  for (const part of measuring.parts) tables.push(await part(measuring.seed, signal));
  const [ways, tools, score, small, harmless] = tables.map(({ rows }) =>
    rows.map(({ shares }) => shares),
  );
  expect(ways).toEqual(sharesOf(Object.values(published.ways), ["without", "guarded"]));
  expect(tools).toEqual(sharesOf(Object.values(published.tools), ["called", "key"]));
  const families = sharesOf(Object.values(published.byFamily), ["heldOut"]);
  const languages = sharesOf(Object.values(published.byLanguage), ["found", "alarms"]);
  expect(score).toEqual([...languages, ...families]);
  expect(small).toEqual(sharesOf(published.evasions, ["evaded"]));
  const [answers, messages] = Object.values(published.utility) as [Share, Share];
  expect(harmless).toEqual([[bare(answers)], [bare(messages)]]);
}, 120_000);

test("it is stopped when nobody waits for it any more", async () => {
  const stopped = AbortSignal.abort(new Error("enough"));
  await expect(measuring.parts[0]?.(measuring.seed, stopped)).rejects.toThrow("enough");
});
