/** The list of `npm run mutate` speaks of code that is there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mutated, ROOT, readSections } from "../../../scripts/mutations.ts";

const sections = readSections();

test.each(sections)("$name: each change can be made, and its tests exist", ({ tests, sites }) => {
  expect(tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  const lost = sites.filter((site) => {
    const path = join(ROOT, site.file);
    if (!existsSync(path)) return true;
    const source = readFileSync(path, "utf8");
    const changed = mutated(source, site);
    return changed === undefined || changed === source;
  });
  expect(lost.map(({ file, search }) => `${file}: ${search}`)).toEqual([]);
});

test("no change is listed twice", () => {
  const all = sections.flatMap(({ sites }) => sites.map((site) => JSON.stringify(site)));
  expect(all).toEqual([...new Set(all)]);
});

test("what is searched must stand there once, in any white space", () => {
  const site = { file: "", search: "a(b); c", replacement: "d" };
  expect(mutated("x a(b);\n  c y", site)).toBe("x d y");
  expect(mutated("x", site)).toBeUndefined();
  expect(mutated("a(b); c a(b); c", site)).toBeUndefined();
});
