/** What the guard costs: CPU time of the filter for each delta, and of the score for each text. */
import { atOnce } from "../../src/core/slices.ts";
import { Confidential } from "../../src/features/guard/confidential.ts";
import { Filter } from "../../src/features/guard/filter.ts";
import { PROMPT } from "../../src/features/guard/measure/invariants.ts";
import { scoreOf } from "../../src/features/guard/score/index.ts";
import { clean } from "../../src/features/guard/unicode.ts";

const PROSE =
  "The shipyard builds small boats of wood, and in winter the yard smells of tar, rope and coffee. ";
const TIMES = 2000;

/** Microseconds, the median of five rounds. */
function time(work: () => void): number {
  const rounds = Array.from({ length: 5 }, () => {
    const began = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(began);
    return user + system;
  });
  return rounds.toSorted((a, b) => a - b)[2] ?? 0;
}

export function costs(): ReadonlyArray<readonly [what: string, microseconds: number]> {
  const protect = atOnce(new Confidential([]).protect([PROMPT], [PROMPT]));
  const deltas = PROSE.match(/ ?\S+/g) ?? [];
  const text = PROSE.repeat(42).slice(0, 4000);
  const count = deltas.length * TIMES;
  return [
    [
      "filter, a delta of prose, prompt and key protected",
      time(() => {
        const filter = new Filter(protect);
        for (let round = 0; round < TIMES; round++) for (const one of deltas) filter.push(one);
      }) / count,
    ],
    [
      "filter, a delta that quotes the prompt",
      time(() => {
        for (let round = 0; round < TIMES / 10; round++) {
          const filter = new Filter(protect);
          for (const one of PROMPT.match(/ ?\S+/g) ?? []) filter.push(one);
        }
      }) /
        ((TIMES / 10) * (PROMPT.match(/ ?\S+/g)?.length ?? 1)),
    ],
    [
      "score of 4,000 characters",
      time(() => {
        for (let round = 0; round < 20; round++) scoreOf(text, "outside");
      }) / 20,
    ],
    [
      "normalisation of 4,000 characters",
      time(() => {
        for (let round = 0; round < 200; round++) clean(text);
      }) / 200,
    ],
  ];
}
