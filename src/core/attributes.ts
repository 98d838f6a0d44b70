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
export const filter = nested(DEEPEST);

/** Whether something has attributes that a filter asks for. What is not there is equal to nothing. */
export function matches(asked: Filter, given: Attributes): boolean {
  switch (asked.type) {
    case "and":
      return asked.filters.every((one) => matches(one, given));
    case "or":
      return asked.filters.some((one) => matches(one, given));
  }
  const value = Object.hasOwn(given, asked.key) ? given[asked.key] : undefined;
  switch (asked.type) {
    case "eq":
      return value === asked.value;
    case "ne":
      return value !== asked.value;
    case "in":
      return asked.value.some((one) => one === value);
    case "nin":
      return !asked.value.some((one) => one === value);
  }
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
