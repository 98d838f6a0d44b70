/**
 * JSON of any shape, where a route has to take it: no deeper and no larger than what our own code
 * walks through without end. `JSON.parse` makes "__proto__" a key like others, and so does zod.
 */
import * as z from "zod";

/** Real schemas of tools are seldom deeper than ten. */
const MAX_DEPTH = 64;
const MAX_VALUES = 50_000;

/** Level by level, so that the check itself needs no stack. */
function fits(value: unknown): boolean {
  let level = [value];
  let seen = 0;
  for (let depth = 0; level.length > 0; depth++) {
    seen += level.length;
    if (depth > MAX_DEPTH || seen > MAX_VALUES) return false;
    level = level.flatMap((one) =>
      typeof one === "object" && one !== null ? Object.values(one) : [],
    );
  }
  return true;
}

export const jsonObject = z
  .record(z.string(), z.unknown())
  .refine(fits, `is deeper than ${MAX_DEPTH}, or has more than ${MAX_VALUES} values`);
