/**
 * Objects as clients send them. Null stands for absent; so does a value at which a field asks for
 * nothing. A hint or an annotation, of which the answer does not depend, is taken and left alone.
 * Anything else that is not known is refused by its name.
 */
import * as z from "zod";
import "./reasons.ts";

/** Fields by name, each with the values that ask for nothing; empty ones never do. */
export type Silent = Readonly<Record<string, readonly unknown[]>>;

interface Beside {
  /** Fields that have no effect here. */
  readonly hints?: Silent;
  /** Fields that would have one, and that are refused at any other value. */
  readonly neutral?: Silent;
}

/** Without the fields that ask for nothing. */
export function stripped(given: unknown, known: ReadonlySet<string>, beside: Beside = {}): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  const silent = { ...beside.neutral, ...beside.hints };
  const kept = Object.entries(given).filter(([name, value]) => {
    if (value === null) return false;
    if (!Object.hasOwn(silent, name)) return known.has(name) || !isEmpty(value);
    return !isEmpty(value) && !silent[name]?.some((one) => same(one, value));
  });
  return Object.fromEntries(kept);
}

const isEmpty = (value: unknown) => ['""', "[]", "{}"].includes(short(value));
const same = (a: unknown, b: unknown) => short(a) === short(b);
/** Values that ask for nothing are short, so that longer ones need not be written out. */
const short = (value: unknown) => {
  const many = typeof value === "object" && value !== null && Object.keys(value).length > 2;
  return many || (typeof value === "string" && value.length > 40) ? "" : JSON.stringify(value);
};

/** The fields of the hints, for a schema. */
export const hintFields = (hints: Silent = {}) =>
  Object.fromEntries(
    Object.keys(hints).map((name) => [
      name,
      z.unknown().optional().describe("Taken, without effect."),
    ]),
  ) as Record<never, never>;

/** An object with these fields and those beside them. */
export function taken<Shape extends z.core.$ZodShape>(shape: Shape, beside: Beside = {}) {
  const known = new Set(Object.keys(shape));
  return z.preprocess(
    (given) => stripped(given, known, beside),
    z.strictObject({ ...hintFields(beside.hints), ...shape }),
  );
}

/** Which hints an object that was taken holds. */
export const hintsIn = (hints: Silent, taken: object): string[] =>
  Object.keys(hints).filter((name) => name in taken);

/** A header of an answer with the names of what it did not depend on. */
export function ignoring(answer: Response | object, names: Iterable<string>): Response {
  const response = answer instanceof Response ? answer : Response.json(answer);
  const list = [...new Set(names)];
  if (list.length > 0) response.headers.set("charla-ignored", list.join(", "));
  return response;
}
