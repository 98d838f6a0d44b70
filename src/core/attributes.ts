/**
 * What programs attach to what they keep here, and look for again: metadata, attributes, and filters
 * over these. The bounds are OpenAI's.
 * Source: the OpenAI API reference, "Vector stores" and "Attribute filtering".
 */
import * as z from "zod";
import { text } from "./route.ts";

const MOST_KEYS = 16;
const key = text.min(1).max(64);
const words = text.max(512);
/** A bound that the schema tells, too. */
const few = <Values extends z.ZodRecord>(all: Values): Values =>
  all
    .refine((one) => Object.keys(one).length <= MOST_KEYS, `has more than ${MOST_KEYS} keys`)
    .meta({ maxProperties: MOST_KEYS });

export const metadata = few(z.record(key, words));

export const attributes = few(z.record(key, z.union([words, z.number(), z.boolean()])));
export type Attributes = z.output<typeof attributes>;

const comparison = z.strictObject({
  type: z.enum(["eq", "ne", "gt", "gte", "lt", "lte"]),
  key,
  value: z.union([words, z.number(), z.boolean()]),
});
const membership = z.strictObject({
  type: z.enum(["in", "nin"]),
  key,
  value: z.array(z.union([words, z.number()])).max(100),
});

interface Compound {
  readonly type: "and" | "or";
  readonly filters: readonly Filter[];
}
export type Filter = z.output<typeof comparison> | z.output<typeof membership> | Compound;

/** Filters within filters. */
const DEEPEST = 5;

function nested(depth: number): z.ZodType<Filter> {
  const simple = [comparison, membership] as const;
  if (depth === 0) return z.discriminatedUnion("type", simple);
  const filters = z.array(nested(depth - 1)).max(50);
  const compound = z.strictObject({ type: z.enum(["and", "or"]), filters });
  return z.discriminatedUnion("type", [...simple, compound]);
}
/** Parts of a filter: each is asked of every file that is searched, and tells the schema what to check. */
const MOST_PARTS = 1000;

/** Of whatever it is, counted no further than that: filters, and values of lists. */
function isFew(given: unknown): boolean {
  const left = [given];
  for (let count = 0; left.length > 0; count++) {
    if (count >= MOST_PARTS) return false;
    const { filters, value } = Object(left.pop());
    for (const list of [filters, value]) {
      if (!Array.isArray(list)) continue;
      if (list.length > MOST_PARTS) return false;
      left.push(...list);
    }
  }
  return true;
}

/** Counted before it is checked, since checking alone takes long where there are many. */
export const filter = z.preprocess((given, context) => {
  if (!isFew(given)) context.addIssue(`has more than ${MOST_PARTS} comparisons and values`);
  return given;
}, nested(DEEPEST));

export type Matcher = (given: Attributes) => boolean;

/** Whether something has attributes that a filter asks for. What is not there is equal to nothing. */
export function matcher(asked: Filter): Matcher {
  switch (asked.type) {
    case "and":
    case "or": {
      const each = asked.filters.map(matcher);
      if (asked.type === "and") return (given) => each.every((one) => one(given));
      return (given) => each.some((one) => one(given));
    }
    case "in":
    case "nin": {
      const values = new Set<unknown>(asked.value);
      const inside = asked.type === "in";
      return (given) => values.has(attributeOf(given, asked.key)) === inside;
    }
    default:
      return (given) => compares(asked, attributeOf(given, asked.key));
  }
}

const attributeOf = (given: Attributes, name: string) =>
  Object.hasOwn(given, name) ? given[name] : undefined;

function compares(asked: z.output<typeof comparison>, value: Attributes[string] | undefined) {
  if (asked.type === "eq") return value === asked.value;
  if (asked.type === "ne") return value !== asked.value;
  // Numbers by their size, texts by their letters, as dates are written; never one against the other.
  if (value === undefined || typeof value !== typeof asked.value) return false;
  switch (asked.type) {
    case "gt":
      return value > asked.value;
    case "gte":
      return value >= asked.value;
    case "lt":
      return value < asked.value;
    case "lte":
      return value <= asked.value;
  }
}
