/**
 * A command that needs little loads little: every package that it loads is time that its reader waits.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { CLI, ended, ROOT, start, temporary } from "../../fixtures/charla.ts";

const WATCH = pathToFileURL(join(ROOT, "tests", "fixtures", "packages.mjs")).href;

async function packagesOf(args: readonly string[]): Promise<readonly string[]> {
  const env = { CHARLA_HOME: temporary(), CHARLA_ENGINE: "", HF_HUB_OFFLINE: "1" };
  const line = ["--import", WATCH, CLI, ...args];
  const { code, stderr } = await ended(start(process.execPath, line, { env, input: "" }));
  expect(code).toBe(0);
  return JSON.parse(stderr.trim().split("\n").at(-1) ?? "");
}

it.each([
  [["--version"]],
  [["--help"]],
  [["models"]],
  [["models", "list", "--json"]],
  [["jobs", "--help"]],
  [["chat", "--help"]],
])("%j loads nothing but the reader of command lines", async (args) => {
  expect(await packagesOf(args)).toEqual(["commander"]);
});

it("jobs are read in the database without accounts or a model", async () => {
  const packages = await packagesOf(["jobs"]);
  expect(packages).toContain("kysely");
  for (const heavy of ["better-auth", "node-llama-cpp", "koffi", "pg"]) {
    expect(packages).not.toContain(heavy);
  }
});
