/**
 * Imports point one way: cli -> app -> features, engines, storage -> core. A feature, an engine or
 * a room of the page imports the core and itself, never a sibling. What the terminal shares (its
 * words and progress) is open to the commands of features, too.
 */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const files = globSync(["src/**/*.ts", "web/src/**/*.{ts,tsx}", "examples/**/*.ts"], { cwd: root });

/** Parts of the house, by the beginning of the path, with the parts that each may import. */
const RULES: ReadonlyArray<readonly [part: RegExp, may: readonly RegExp[]]> = [
  [/^src\/core\//, [/^src\/core\//]],
  [/^src\/net\//, [/^src\/(core|net)\//]],
  [/^src\/locales\//, [/^src\/(core|locales)\//]],
  [/^src\/terminal\//, [/^src\/(core|locales|terminal)\//]],
  [/^src\/engines\/ai-sdk\.ts/, [/^src\/core\//]],
  [
    /^src\/engines\/(\w+)/,
    [/^src\/core\//, /^src\/engines\/(SELF|ai-sdk\.ts|errors\.ts)/, /^src\/(folder\.ts|net\/)/],
  ],
  [/^src\/storage\//, [/^src\/(core|storage)\//, /^src\/folder\.ts/]],
  [/^src\/features\/([\w-]+)\//, [/^src\/(core|locales|terminal)\//, /^src\/features\/SELF\//]],
  [/^examples\/([\w-]+)\//, [/^src\/core\//, /^examples\/SELF\//]],
  [/^src\/index\.ts/, [/^src\/(core|engines)\//]],
  [/^src\/minimal\.ts/, [/^src\/core\//, /^src\/engines\/llama\//]],
  [/^src\/(drain|folder|policy|pour)\.ts/, [/^src\/core\//]],
  [/^src\/(config|listen)\.ts/, [/^src\/(core|net)\//]],
  [/^src\/requests\.ts/, [/^src\/(core|net)\//, /^src\/pour\.ts/]],
  [/^src\/log\.ts/, [/^src\/core\//, /^src\/requests\.ts/]],
  [
    /^src\/app\.ts/,
    [
      /^src\/(core|engines|features|net|storage|locales)\//,
      /^src\/(around|config|drain|engines|listen|log|policy|requests)\.ts/,
    ],
  ],
  [/^src\/around\.ts/, [/^src\/core\//]],
  [/^src\/engines\.ts/, [/^src\/(core|engines|locales|terminal)\//, /^src\/(config|log)\.ts/]],
  [/^src\/upkeep\.ts/, [/^src\/storage\//, /^src\/(app|config|log)\.ts/]],
  [
    /^src\/(cli\.ts|commands\/)/,
    [
      /^src\/(core|locales|net|terminal|commands)\//,
      /^src\/(app|config|engines|listen|log|policy|upkeep)\.ts/,
    ],
  ],
  [/^web\/src\/(chat|ui)\//, [/^web\/src\/(chat|ui|locales)\//, /^src\/(core|locales)\//]],
  [
    /^web\/src\/panels\/([\w-]+)/,
    [
      /^web\/src\/(chat|ui|locales)\//,
      /^web\/src\/panels\/SELF/,
      /^src\/(core|features|locales)\//,
    ],
  ],
  [
    /^web\/src\/minimal\.tsx/,
    [/^web\/src\/(chat|ui|locales)\//, /^web\/src\/\w+\.css/, /^src\/core\//],
  ],
  [/^web\/src\//, [/^web\/src\//, /^src\/(core|features|locales)\//]],
];

/** Relative imports of a file, types included, as paths from the root. */
function importsOf(file: string): string[] {
  const source = readFileSync(root + file, "utf8");
  const specifiers = source.matchAll(/(?:\bfrom|^import|\bimport\()\s*"(\.[^"]+)"/gm);
  return [...specifiers].map(([, path]) =>
    new URL(path as string, `file:///${file}`).pathname.slice(1),
  );
}

function forbidden(file: string): string[] {
  const rule = RULES.find(([part]) => part.test(file));
  if (!rule) return [`${file} stands in no part of the house`];
  const [part, may] = rule;
  const self = part.exec(file)?.[1] ?? "";
  const allowed = may.map((one) => new RegExp(one.source.replace("SELF", self)));
  return importsOf(file)
    .filter((target) => !allowed.some((one) => one.test(target)))
    .map((target) => `${file} -> ${target}`);
}

describe("the arrows between the parts", () => {
  it("finds the files and their imports", () => {
    expect(files.length).toBeGreaterThan(30);
    expect(importsOf("src/core/turn.ts")).toContain("src/core/window.ts");
  });

  it("point one way", () => {
    expect(files.flatMap(forbidden)).toEqual([]);
  });

  it("leave the core free of packages that only features and engines need", () => {
    const packages = files
      .filter((file) => file.startsWith("src/core/"))
      .flatMap((file) => [...readFileSync(root + file, "utf8").matchAll(/\bfrom "([^.][^"]*)"/g)])
      .map(([, name]) => name as string)
      .filter((name) => !name.startsWith("node:"));
    const allowed = /^(zod|hono(\/.*)?|@hono\/node-server(\/.*)?|commander|kysely(\/.*)?)$/;
    expect(packages.filter((name) => !allowed.test(name))).toEqual([]);
  });
});
