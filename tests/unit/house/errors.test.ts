/**
 * Every error has its Spanish in the folder of what throws it, so that both go together: a feature's
 * in the feature, an engine's in the engine. What several throw stands in a folder that they share.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { spanish as all } from "../../../src/app/explain.ts";
import type { Spanish } from "../../../src/core/words.ts";
import { ROOT } from "../../fixtures/charla.ts";

/** Files, as paths from `src/`, with their texts. */
const read = (pattern: string) =>
  globSync(pattern, { cwd: join(ROOT, "src") }).map(
    (file) => [file, readFileSync(join(ROOT, "src", file), "utf8")] as const,
  );

const sources = read("**/*.ts");
const tables = new Map<string, Spanish>(
  read("**/errors.es.json").map(([file, text]) => [dirname(file), JSON.parse(text)]),
);

/** `new CharlaError("code", {`, `fail("code", {`, and rows of tables: `["code", {` or `CONSTANT]`. */
const THROWN =
  /(?:(?:new CharlaError|fail)\(\s*|\[\s*)"([a-z]+(?:_[a-z]+)+)",\s*(?:(\{.*?\n\s*\})\)|\{|[A-Z]+\]|\w+\(\)\])/gs;

const thrown = sources.flatMap(([file, source]) =>
  [...source.matchAll(THROWN)].map(([, code = "", options = ""]) => ({ file, code, options })),
);

/** Where the Spanish of what a file throws may stand. */
function reach(file: string): readonly string[] {
  const [top = "", part = ""] = file.split("/");
  if (top === "features") return [`features/${part}`, "core"];
  if (top === "engines") return [`engines/${part}`, "engines", "core"];
  return tables.has(top) ? [top, "core"] : [".", "core"];
}

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();

describe("the Spanish of errors", () => {
  it("stands beside what throws them, with the same parameters", () => {
    expect(thrown.length).toBeGreaterThan(200);
    for (const { file, code, options } of thrown) {
      const folders = [...new Set(reach(file))];
      const own = folders.flatMap((folder) => tables.get(folder)?.[code] ?? []);
      expect(own, `${code} in ${file}`).toHaveLength(1);
      if (options === "") continue;
      const english = [...options.matchAll(/"(?:[^"\\]|\\.)*"/g)].join(" ");
      const told = own.map(({ message, hint }) => `${message} ${hint}`).join(" ");
      expect(placeholders(told), `${code} in ${file}`).toEqual(placeholders(english));
    }
  });

  it.each([...tables])("has nothing left over in %s, and is sorted", (folder, table) => {
    // What several parts throw stands in the core.
    const within = sources.filter(
      ([file]) => folder === "core" || !relative(folder, file).startsWith(".."),
    );
    const code = within.map(([, source]) => source).join("\n");
    expect(Object.keys(table).filter((name) => !code.includes(`"${name}"`))).toEqual([]);
    expect(Object.keys(table)).toEqual(Object.keys(table).toSorted());
  });

  it("is one text for each code, and one English message", () => {
    const codes = [...tables.values()].flatMap(Object.keys);
    expect(codes.toSorted()).toEqual([...new Set(codes)].toSorted());
    const english = new Map<string, string>();
    for (const { file, code, options } of thrown) {
      const [, message] = /message:\s*((?:"[^"]*"[\s+]*)+)/.exec(options) ?? [];
      if (message === undefined) continue;
      expect(english.get(code) ?? message, `${code} in ${file}`).toBe(message);
      english.set(code, message);
    }
  });

  it("reaches the terminal from every folder", () => {
    const codes = [...tables.values()].flatMap(Object.keys);
    expect(Object.keys(all()).toSorted()).toEqual(codes.toSorted());
  });
});
