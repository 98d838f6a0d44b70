/** Filters over attributes: what each lets through, and that their parts add up. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Attributes, type Filter, filter, matcher } from "../../../src/core/attributes.ts";

const key = fc.constantFrom("a", "b", "c");
const value = fc.oneof(
  fc.constantFrom("x", "y", "10", "9"),
  fc.integer({ min: -2, max: 2 }),
  fc.boolean(),
);
const given: fc.Arbitrary<Attributes> = fc.dictionary(key, value);
const one = { key, value };
const matches = (asked: Filter, all: Attributes) => matcher(asked)(all);

test("a comparison and its opposite never both hold, and equality is one of them", () => {
  fc.assert(
    fc.property(given, fc.record(one), (all, { key, value }) => {
      const is = (type: "eq" | "ne" | "gt" | "gte" | "lt" | "lte") =>
        matches({ type, key, value }, all);
      expect(is("ne")).toBe(!is("eq"));
      const comparable = typeof all[key] === typeof value;
      expect([is("lt"), is("eq"), is("gt")].filter(Boolean)).toHaveLength(comparable ? 1 : 0);
      expect(is("gte")).toBe(is("gt") || is("eq"));
      expect(is("lte")).toBe(is("lt") || is("eq"));
      if (typeof value === "boolean") return;
      expect(matches({ type: "in", key, value: [value] }, all)).toBe(is("eq"));
      expect(matches({ type: "nin", key, value: [value] }, all)).toBe(is("ne"));
    }),
  );
});

test("and, or of filters are and, or of what they say", () => {
  const simple = fc.record({ type: fc.constantFrom("eq" as const, "gt" as const), ...one });
  fc.assert(
    fc.property(given, fc.array(simple, { maxLength: 4 }), (all, filters) => {
      const each = filters.map((one) => matches(one, all));
      expect(matches({ type: "and", filters }, all)).toBe(each.every(Boolean));
      expect(matches({ type: "or", filters }, all)).toBe(each.some(Boolean));
    }),
  );
});

test("what nests too deep, or compares with nothing, is no filter", () => {
  let deep: Filter = { type: "eq", key: "a", value: 1 };
  for (let depth = 0; depth < 5; depth++) deep = { type: "or", filters: [deep] };
  expect(filter.safeParse(deep).success).toBe(true);
  expect(filter.safeParse({ type: "or", filters: [deep] }).success).toBe(false);
  expect(filter.safeParse({ type: "eq", key: "a" }).success).toBe(false);
  expect(matches({ type: "eq", key: "toString", value: "x" }, {})).toBe(false);
});

test("a filter has at most a thousand parts, by whatever they are and however they are nested", () => {
  const values = (count: number) => Array.from({ length: count }, (_, at) => at);
  const one = (count: number) => ({ type: "in", key: "a", value: values(count) });
  const all = (count: number, make: (at: number) => object) => ({
    ...{ type: "or", filters: values(count).map(make) },
  });
  const taken = (given: object) => filter.safeParse(given).success;
  const eq = () => ({ type: "eq", key: "a", value: 1 });
  // Each list and each comparison is a part, and so is each value of a list.
  expect(taken(all(9, () => one(100)))).toBe(true);
  expect(taken(all(10, () => one(100)))).toBe(false);
  expect(taken(all(19, () => all(50, eq)))).toBe(true);
  expect(taken(all(20, () => all(50, eq)))).toBe(false);
  let deep: object = eq();
  for (let depth = 0; depth < 200_000; depth++) deep = { type: "or", filters: [deep] };
  expect(taken(deep)).toBe(false);
});
