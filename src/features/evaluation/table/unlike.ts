/**
 * In what runs of a kind are not alike: where it is more than one thing, nobody can say which of them
 * makes a difference between their figures.
 */
import type { Kind } from "../plan.ts";
import type { Report } from "../report.ts";

export const THINGS = [
  ...(["models", "source", "protocol", "sampling", "system"] as const),
  ...(["size", "seed", "version", "rubric", "answers", "machine"] as const),
] as const;
export type Thing = (typeof THINGS)[number];

export interface Unlike {
  readonly kind: Kind;
  readonly things: readonly Thing[];
}

/** Where the name of what a plan has is not that of the thing. */
const THING_OF: Readonly<Record<string, Thing>> = {
  ...{ context: "protocol", stride: "protocol", windows: "protocol" },
  ...{ of: "source", threshold: "sampling" },
  ...{ prompt: "rubric", from: "answers" },
  ...{ lengths: "size", depths: "size", needles: "size" },
  ...{ prefill: "size", decode: "size", rounds: "size" },
};

/** Kinds whose runs differ in more than one thing. */
export function unlikeOf(reports: readonly Report[]): readonly Unlike[] {
  // Of two measures of Charla itself nobody would compare the figures.
  const alike = Map.groupBy(reports, ({ plan }) =>
    plan.kind === "measure" ? `${plan.kind} ${plan.measure}` : plan.kind,
  );
  return [...alike.values()].flatMap((some) => {
    const [
      {
        plan: { kind },
      },
    ] = some as [Report];
    const told = some.map(thingsOf);
    const things = THINGS.filter(
      (thing) => new Set(told.map((one) => JSON.stringify(one[thing] ?? []))).size > 1,
    );
    return things.length > 1 ? [{ kind, things }] : [];
  });
}

function thingsOf({ plan, models }: Report): Partial<Record<Thing, unknown[]>> {
  const told: Partial<Record<Thing, unknown[]>> = {};
  const values: Readonly<Record<string, unknown>> = { ...plan, source: plan.source.digest };
  for (const name of Object.keys(values).toSorted()) {
    const thing = THING_OF[name] ?? THINGS.find((one) => one === name);
    if (thing) told[thing] = [...(told[thing] ?? []), values[name]];
  }
  return { ...told, machine: models.slice(0, 1).map(({ facts }) => facts?.machine) };
}
