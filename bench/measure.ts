/**
 * Measures systems in turn: in every round each of them once, in random order, alone on the
 * machine. A system that fails is reported with its reason, and the others go on.
 */
import { median, random, shuffle } from "../src/core/statistics.ts";
import { bootstrapRatio, medianOfRatios, type Pair } from "./stats.ts";
import { type Row, type System, UNITS, type Unit } from "./types.ts";

/** A system with the settings that compete for it, or why it could not be started. */
export interface Contender {
  readonly name: string;
  readonly settings: readonly System[];
  readonly failed?: string;
}

/** One value for each case. */
export type Values = Readonly<Record<string, number>>;

export interface Plan {
  readonly workload: string;
  /** The cases with their units; settings are judged by the first. */
  readonly cases: Readonly<Record<string, Unit>>;
  readonly rounds: number;
  /** Fewer, for systems that take minutes for one. */
  readonly fewer?: Readonly<Record<string, number>>;
  readonly contenders: readonly Contender[];
  /** Measures one system once. The trial before the rounds warms it up and may be shorter. */
  run(system: System, round: number, trial: boolean): Promise<Values>;
}

/** What was found, besides the rows: for the report. */
export interface Notes {
  /** Setting that was measured, by workload, case and system. */
  readonly settings: Array<{ workload: string; case: string; system: string; setting: string }>;
  readonly failures: Array<{ workload: string; case: string; system: string; reason: string }>;
}

export const notes: Notes = { settings: [], failures: [] };

export async function measure(plan: Plan): Promise<Row[]> {
  const { workload, cases, rounds, fewer = {} } = plan;
  const [firstCase = ""] = Object.keys(cases);
  const contest = await settle(plan);
  const results = new Map<string, Array<Values | undefined>>();
  for (const { name } of plan.contenders) results.set(name, []);
  for (let round = 0; round < rounds; round++) {
    for (const system of shuffle([...contest.systems.values()], random(round))) {
      if (round >= (fewer[system.name] ?? rounds)) continue;
      console.error(`  ${workload} ${firstCase}: round ${round + 1} of ${rounds}, ${system.name}`);
      await contest.attempt(system, async () => {
        (results.get(system.name) as Values[])[round] = await plan.run(system, round, false);
      });
    }
  }
  // What failed half-way has no result.
  for (const name of results.keys()) if (!contest.systems.has(name)) results.set(name, []);
  return Object.entries(cases).map(([name, unit]) =>
    row({ workload, name, unit, rounds }, results),
  );
}

/** Systems in the setting that suits them best. */
export interface Settled {
  /** Those that have not failed, by name. */
  readonly systems: ReadonlyMap<string, System>;
  /** Runs something of a system's, alone on the machine; if it throws, the system has failed. */
  attempt(system: System, what: () => Promise<void>): Promise<void>;
}

/** Tries every setting of every contender once, which warms them up, and keeps the best. */
export async function settle(plan: Omit<Plan, "rounds" | "fewer">): Promise<Settled> {
  const { workload, cases, contenders } = plan;
  const [firstCase = ""] = Object.keys(cases);
  const everyone = contenders.flatMap(({ settings }) => settings);
  const systems = new Map<string, System>();
  const fail = (system: string, reason: string) => {
    notes.failures.push({ workload, case: firstCase, system, reason });
    console.error(`  ${system} failed: ${reason}`);
    systems.delete(system);
  };
  for (const { name, settings, failed } of contenders) {
    if (failed !== undefined) {
      fail(name, failed);
      continue;
    }
    try {
      const best = await bestSetting(plan, settings, firstCase, everyone);
      systems.set(name, best);
      notes.settings.push({ workload, case: firstCase, system: name, setting: best.setting });
    } catch (thrown) {
      fail(name, reasonOf(thrown));
    }
  }
  return {
    systems,
    async attempt(system, what) {
      try {
        await alone(system, everyone, what);
      } catch (thrown) {
        fail(system.name, reasonOf(thrown));
      }
    },
  };
}

const reasonOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

/** Tries each setting once; it warms them up, too. */
async function bestSetting(
  { run, cases }: Pick<Plan, "run" | "cases">,
  settings: readonly System[],
  judgedBy: string,
  everyone: readonly System[],
): Promise<System> {
  const sign = UNITS[cases[judgedBy] as Unit] === "more" ? 1 : -1;
  let best: { system: System; score: number } | undefined;
  for (const system of settings) {
    const values = await alone(system, everyone, () => run(system, -1, true));
    const score = sign * (values[judgedBy] ?? Number.NaN);
    if (!best || score > best.score) best = { system, score };
  }
  if (!best) throw new Error("no setting to measure");
  return best.system;
}

/** Runs something while every other system is off the processor. */
async function alone<T>(
  system: System,
  everyone: readonly System[],
  what: () => Promise<T>,
): Promise<T> {
  for (const other of everyone) if (other !== system) other.pause();
  system.resume();
  try {
    return await what();
  } finally {
    for (const other of everyone) other.resume();
  }
}

interface Case {
  readonly workload: string;
  readonly name: string;
  readonly unit: Unit;
  readonly rounds: number;
}

/** One line of the result. Results are by system, then by round. */
export function row(
  { workload, name, unit, rounds }: Case,
  results: ReadonlyMap<string, ReadonlyArray<Values | undefined>>,
  statistic: (pairs: readonly Pair[]) => number = medianOfRatios,
): Row {
  const peers: Record<string, number | null> = {};
  const ratio: Record<string, ReturnType<typeof bootstrapRatio>> = {};
  const valuesOf = (system: string) => (results.get(system) ?? []).map((values) => values?.[name]);
  const own = valuesOf("charla");
  for (const peer of results.keys()) {
    if (peer === "charla") continue;
    const theirs = valuesOf(peer);
    peers[peer] = middle(theirs);
    const pairs = theirs.flatMap((value, round): Pair[] => {
      const mine = own[round];
      return value === undefined || mine === undefined ? [] : [[mine, value]];
    });
    // An added time can be zero or less, and then has no ratio.
    const positive = pairs.flat().every((value) => value > 0);
    if (pairs.length > 0 && positive) ratio[peer] = bootstrapRatio(pairs, statistic);
  }
  return { workload, case: name, unit, charla: middle(own), peers, ratio, runs: rounds };
}

/** The median of what is there; null when there is nothing. */
function middle(values: ReadonlyArray<number | undefined>): number | null {
  const known = values.filter((value) => value !== undefined && Number.isFinite(value));
  return known.length === 0 ? null : median(known as number[]);
}
