/** What is measured of the search for personal data comes to the figures that are published. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Kind } from "../../../src/features/personal-data/kinds.ts";
import { labelOf } from "../../../src/features/personal-data/kinds.ts";
import { measuring } from "../../../src/features/personal-data/measure/index.ts";

const published = JSON.parse(
  readFileSync(new URL("../../../docs/evaluations/personal-data.json", import.meta.url), "utf8"),
);

test("each part comes to what is published", async () => {
  const { signal } = new AbortController();
  const tables = [];
  for (const part of measuring.parts) tables.push(await part(measuring.seed, signal));
  for (const [at, name] of ["heldOut", "developed", "byHand"].entries()) {
    const rows = new Map(tables[at]?.rows.map(({ label, shares }) => [label.en, shares]));
    const kinds = Object.entries(published[name].byKind as Record<Kind, Record<string, number>>);
    for (const [kind, { found = 0, missed = 0, wrong = 0 }] of kinds)
      expect(rows.get(labelOf(kind as Kind)), kind).toEqual([
        { hits: found, of: found + missed },
        { hits: found, of: found + wrong },
      ]);
    expect(rows.size).toBe(kinds.length + 2);
  }
  const { texts, different } = published.streamed;
  expect(tables[3]?.rows[0]?.shares).toEqual([{ hits: texts - different, of: texts }]);
  const { count, digest } = measuring.cases(measuring.seed);
  expect(count).toBe(texts);
  expect(measuring.cases(5).digest).not.toBe(digest);
});
