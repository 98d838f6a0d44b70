/**
 * Imports point one way: cli -> app -> features, engines, storage -> core. A feature, an engine or
 * a room of the page imports the core and itself, never a sibling. What the terminal shares (its
 * words and progress) is open to the commands of features, too.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const files = globSync(["src/**/*.ts", "web/src/**/*.{ts,tsx}", "examples/**/*.{ts,tsx}"], {
  cwd: root,
});

/** Parts of the house, by the beginning of the path, with the parts that each may import. */
const RULES: ReadonlyArray<readonly [part: RegExp, may: readonly RegExp[]]> = [
  [/^src\/core\//, [/^src\/core\//]],
  [/^src\/net\//, [/^src\/(core|net)\//]],
  [/^src\/locales\//, [/^src\/(core|locales)\//]],
  [/^src\/terminal\//, [/^src\/(core|locales|terminal)\//]],
  [/^src\/engines\/ai-sdk\.ts/, [/^src\/core\//]],
  // Another way to compute what llama.cpp computes: its process and its files are the same.
  [/^src\/engines\/onnx\//, [/^src\/core\//, /^src\/engines\/(onnx|llama|library)\//]],
  [
    /^src\/engines\/(\w+)/,
    [/^src\/core\//, /^src\/engines\/(SELF|ai-sdk\.ts|errors\.ts|thinking\.ts)/, /^src\/net\//],
  ],
  [/^src\/finding\//, [/^src\/(core|finding)\//]],
  [/^src\/jobs\//, [/^src\/(core|jobs)\//]],
  [/^src\/ledger\//, [/^src\/(core|ledger)\//]],
  [/^src\/replicas\//, [/^src\/(core|replicas|server|storage)\//]],
  [/^src\/storage\//, [/^src\/(core|storage)\//]],
  [
    /^src\/features\/([\w-]+)\//,
    [/^src\/(core|finding|locales|terminal)\//, /^src\/features\/SELF\//],
  ],
  [/^src\/index\.ts/, [/^src\/(core|engines)\//]],
  [/^src\/minimal\.ts/, [/^src\/core\//, /^src\/engines\/llama\//]],
  [/^src\/browser\.ts/, [/^src\/core\//, /^src\/server\/policies\.ts/]],
  [/^src\/server\//, [/^src\/(core|net|server)\//]],
  [/^src\/config\.ts/, [/^src\/(core|net)\//]],
  [
    /^src\/engines\.ts/,
    [/^src\/(core|engines|locales|terminal)\//, /^src\/(config|server\/log)\.ts/],
  ],
  [
    /^src\/app(\.ts|\/)/,
    [
      /^src\/(app|core|engines|features|jobs|ledger|net|replicas|storage|locales|server)(\/|\.ts)/,
      /^src\/(config\.ts|errors\.es\.json)/,
    ],
  ],
  [
    /^src\/(cli\.ts|commands\/)/,
    [
      /^src\/(app|core|locales|net|terminal|commands)(\/|\.ts)/,
      /^src\/(config|engines|server\/(listen|log))\.ts/,
    ],
  ],
  [/^web\/src\/(chat|ui)\//, [/^web\/src\/(chat|ui|locales)\//, /^src\/(core|locales)\//]],
  [
    /^web\/src\/panels\/([\w-]+)/,
    [
      /^web\/src\/(chat|ui|locales)\//,
      /^web\/src\/(desk|keyboard|room)\.ts|^web\/src\/slots\.tsx/,
      /^web\/src\/panels\/SELF\//,
      /^src\/(core|features|locales)\//,
    ],
  ],
  [
    /^web\/src\/(minimal|browser)\.tsx?/,
    [/^web\/src\/(chat|ui|locales)\//, /^web\/src\/(minimal\.tsx|\w+\.css)/, /^src\/core\//],
  ],
  [/^web\/src\/rooms\.ts/, [/^web\/src\/room\.ts/, /^web\/src\/panels\/[\w-]+\/room\.tsx/]],
  [/^web\/src\//, [/^web\/src\/(?!panels\/)/, /^src\/(core|features|locales)\//]],
];

/** Where a file stands in the house; an example's is one that has been copied there. */
const seatOf = (file: string) => file.replace(/^examples\/[\w-]+\//, "");

/** Relative imports of a file, types included, as paths from the root. */
function importsOf(file: string): string[] {
  const source = readFileSync(root + file, "utf8");
  const specifiers = source.matchAll(/(?:\bfrom|^import|\bimport\()\s*"(\.[^"]+)"/gm);
  return [...specifiers].map(([, path]) =>
    new URL(path as string, `file:///${seatOf(file)}`).pathname.slice(1),
  );
}

function forbidden(file: string): string[] {
  const seat = seatOf(file);
  const rule = RULES.find(([part]) => part.test(seat));
  if (!rule) return [`${file} stands in no part of the house`];
  const [part, may] = rule;
  const self = part.exec(seat)?.[1] ?? "";
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
    const allowed =
      /^(zod|hono(\/.*)?|@noble\/hashes(\/.*)?|@hono\/node-server(\/.*)?|commander|kysely(\/.*)?)$/;
    expect(packages.filter((name) => !allowed.test(name))).toEqual([]);
  });

  it("of tests and evaluations lead to a feature only from its own, with which it is taken out", () => {
    const tests = globSync(
      ["tests/unit/**/*.ts", "tests/with-{model,postgres,python}/**/*.ts", "eval/**/*.ts"],
      { cwd: root, exclude: ["**/node_modules"] },
    );
    const part =
      /^(?:src\/features|eval|tests\/(?:unit|with-model|with-postgres|with-python))\/([\w-]+)/;
    const strays = tests.flatMap((file) => {
      const own = part.exec(file)?.[1];
      return importsOf(file)
        .filter((target) => {
          const [, of] = part.exec(target) ?? [];
          const feature = of !== undefined && existsSync(`${root}src/features/${of}`);
          return feature && of !== own;
        })
        .map((target) => `${file} -> ${target}`);
    });
    expect(tests.length).toBeGreaterThan(100);
    expect(strays).toEqual([]);
  });
});
