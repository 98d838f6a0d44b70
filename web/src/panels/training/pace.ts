/** What the points of a run tell: how fast it is, how long it takes yet, and where its loss is going. */
import type { PointsReply } from "../../../../src/features/training/api.ts";

export type Point = PointsReply["points"][number];
type Of<Kind> = Extract<Point, { kind: Kind }>;

export const stepsIn = (points: readonly Point[]): readonly Of<"step">[] =>
  points.filter((one): one is Of<"step"> => one.kind === "step");

export const validationsIn = (points: readonly Point[]): readonly Of<"validation">[] =>
  points.filter((one): one is Of<"validation"> => one.kind === "validation");

/** Steps whose speed foretells that of the next ones. */
const RECENT = 20;

export function tokensPerSecond(points: readonly Point[]): number | undefined {
  const recent = stepsIn(points).slice(-RECENT);
  const seconds = recent.reduce((sum, one) => sum + one.seconds, 0);
  return seconds > 0 ? recent.reduce((sum, one) => sum + one.tokens, 0) / seconds : undefined;
}

/** About, without the waits for those who chat. */
export function secondsLeft(points: readonly Point[], total: number | null): number | undefined {
  const recent = stepsIn(points).slice(-RECENT);
  const last = recent.at(-1);
  if (!last || total === null) return undefined;
  const mean = recent.reduce((sum, one) => sum + one.seconds, 0) / recent.length;
  return Math.max(0, total - last.step) * mean;
}

/** A moving mean that forgets older values: of about five steps. */
export function smoothed(values: readonly number[]): readonly number[] {
  const [keep, out] = [0.8, [] as number[]];
  let [sum, weight] = [0, 0];
  for (const value of values) {
    sum = keep * sum + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    out.push(sum / weight);
  }
  return out;
}
