/** What the checks of packages say of lock files and of the registry's answers. */
import { expect, test } from "vitest";
import { judge } from "../../../scripts/audit.ts";
import { isAllowed, packagesOf, toMarkdown } from "../../../scripts/licences.ts";

test.each([
  ["MIT", true],
  ["(MIT OR GPL-3.0)", true],
  ["MIT or MPL-2.0", true],
  ["(Apache-2.0 AND MIT)", true],
  ["Apache-2.0 AND GPL-3.0", false],
  ["GPL-3.0-only", false],
  ["AGPL-3.0", false],
  ["SEE LICENSE IN LICENSE", false],
  ["UNLICENSED", false],
  ["unknown", false],
  ["", false],
])("the licence %j is allowed: %s", (expression, allowed) => {
  expect(isAllowed(expression)).toBe(allowed);
});

test("each package is found once, with its own licence or that of what it is a part of", () => {
  const found = packagesOf({
    packages: {
      "": { license: "Apache-2.0" },
      "node_modules/a": {
        version: "1.0.0",
        license: "MIT",
        optionalDependencies: { "@a/mac": "1" },
      },
      "node_modules/b/node_modules/a": { version: "1.0.0", license: "MIT", dev: true },
      "node_modules/@a/mac": { version: "1.0.0" },
      "node_modules/c": { version: "2.0.0", dev: true },
    },
  });
  expect(found).toEqual([
    { name: "@a/mac", version: "1.0.0", licence: "MIT", dev: false },
    { name: "a", version: "1.0.0", licence: "MIT", dev: false },
    { name: "c", version: "2.0.0", licence: "unknown", dev: true },
  ]);
  expect(toMarkdown(found)).toContain("## MIT\n\n- @a/mac 1.0.0\n- a 1.0.0\n");
});

test.each([
  ["", 2, "nothing was checked"],
  ["<html>", 2, "nothing was checked"],
  [JSON.stringify({ message: "405 Method Not Allowed" }), 2, "405 Method Not Allowed"],
  [JSON.stringify({ metadata: { vulnerabilities: { low: 1, high: 0 } } }), 0, "1 low, 0 high"],
  [
    JSON.stringify({
      metadata: { vulnerabilities: { high: 1 } },
      vulnerabilities: { leftpad: { severity: "high", range: "<2" } },
    }),
    1,
    "high: leftpad <2",
  ],
])("of the registry's answer %j the verdict is %i", (output, code, line) => {
  const verdict = judge(output);
  expect(verdict.code).toBe(code);
  expect(verdict.lines.join("\n")).toContain(line);
});
