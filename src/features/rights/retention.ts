/** What is older than its period goes: at the start, and every day. */
import type { House } from "../../core/feature.ts";
import { periodsOf, type RetentionPolicy } from "./policy.ts";

/** @returns how much of each kind went */
export async function expire({
  policy,
  others,
}: Pick<House<RetentionPolicy>, "policy" | "others">): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const { what, count } of await others.expire(periodsOf(policy))) {
    if (count > 0) counts[what] = (counts[what] ?? 0) + count;
  }
  if (Object.keys(counts).length === 0) return counts;
  await others.record({ actor: "system", act: "retention.ran", details: counts });
  return counts;
}
