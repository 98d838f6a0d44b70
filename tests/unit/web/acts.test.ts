/** The acts of the audit log in people's words. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ACTS } from "../../../web/src/panels/privacy/acts.ts";
import { ROOT } from "../../fixtures/charla.ts";

test("have a name each, whatever feature writes them down", () => {
  const acts = globSync("src/**/*.ts", { cwd: ROOT }).flatMap((path) =>
    [...readFileSync(join(ROOT, path), "utf8").matchAll(/\bact: "([\w.]+\.[\w.]+)"/g)].map(
      ([, act = ""]) => act,
    ),
  );
  expect(acts.length).toBeGreaterThan(20);
  expect(acts.filter((act) => !Object.hasOwn(ACTS, act))).toEqual([]);
});
