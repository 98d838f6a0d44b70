/** Whatever a feature reports with has its words in both languages. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "../../../src/locales/rights.en.json" with { type: "json" };
import es from "../../../src/locales/rights.es.json" with { type: "json" };
import { ROOT } from "../../fixtures/charla.ts";

const keys = Object.keys(en);

test("both languages have the same words, sorted, and say something of their own", () => {
  expect(Object.keys(es)).toEqual(keys);
  expect(keys).toEqual([...keys].sort());
  const empty = [...Object.values(en), ...Object.values(es)].filter((text) => text.trim() === "");
  expect(empty).toEqual([]);
});

test("every key that is reported with is there, and every word is used", () => {
  const sources = globSync("src/{features,storage}/**/*.ts", { cwd: ROOT });
  const code = sources.map((file) => readFileSync(join(ROOT, file), "utf8")).join("\n");
  const used = [...code.matchAll(/"(rights\.(?:erased|kept)\.\w+)"/g)].map(([, key]) => key);
  expect([...new Set(used)].sort()).toEqual(keys);
});
