/** The files of `deploy/`, by the tools that read them: each check of `checks.py` is looked for here. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { VARIABLES } from "../../../src/config.ts";
import { ROOT } from "../../fixtures/charla.ts";

const SCRIPT = join(ROOT, "tests/with-python/deploy/checks.py");
const LIST = pathToFileURL(join(ROOT, "tests/with-python/deploy/requirements.txt"));

test("every file of deploy/ is right for its tool", { timeout: 600_000 }, async () => {
  const { installClients } = await import(join(ROOT, "scripts/python.mjs"));
  const python = await installClients(LIST);
  const child = spawn(python, [SCRIPT, join(ROOT, "deploy"), VARIABLES.join(",")]);
  let rest = "";
  child.stderr.on("data", (chunk) => {
    rest += chunk;
  });
  const said: Record<string, string | null> = {};
  for await (const line of createInterface(child.stdout)) {
    const { name, failure } = JSON.parse(line);
    said[name] = failure;
  }
  const source = readFileSync(SCRIPT, "utf8");
  const names = [...source.matchAll(/@check\ndef (\w+)/g)].map(([, name]) => name);
  expect(said, rest).toEqual(Object.fromEntries(names.map((name) => [name, null])));
});

test("the chart has the version of the package", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const chart = readFileSync(join(ROOT, "deploy/helm/charla/Chart.yaml"), "utf8");
  expect(chart).toContain(`\nversion: ${version}\n`);
  expect(chart).toContain(`\nappVersion: ${version}\n`);
});
