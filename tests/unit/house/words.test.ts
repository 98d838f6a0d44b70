/** Charla is "designed to support" the law; that it complies with it is nothing a program can say. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../fixtures/charla.ts";

const PLACES = [
  "*.md",
  "docs/**/*.md",
  "src/**/*.json",
  "src/features/**/{texts,messages}.ts",
  "web/index.html",
  "web/src/**/*.{json,ts,tsx}",
];
const CLAIMS =
  /\bcompliant\b|\bcompliance with\b|\bcumple con\b|\bconforme (?:al|con el) (?:RGPD|Reglamento)/i;

test("no document and no text of the page claims what only an organisation can", () => {
  const files = globSync(PLACES, { cwd: ROOT, exclude: ["node_modules/**"] });
  expect(files.length).toBeGreaterThan(30);
  const claims = files.filter((file) => CLAIMS.test(readFileSync(join(ROOT, file), "utf8")));
  expect(claims).toEqual([]);
  expect(readFileSync(join(ROOT, "docs/privacy.md"), "utf8")).toContain("designed to support");
});
