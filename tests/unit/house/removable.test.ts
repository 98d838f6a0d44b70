/**
 * Every feature can be taken out: its folder, its tests, its evaluation, its room in the page, and
 * in `src/app.ts` its import and its line in the list.
 *
 * Each is taken out of a copy of the repository. There the types of the server and of all its tests
 * are checked, and the unit tests run that start a server or `charla serve`. Left out are the page,
 * whose rooms go with their features; the tests of the other features, which mount nothing but
 * their own; and those of parts that no feature reaches, the core first of all. The Spanish of a
 * feature's errors stays behind, where `tests/unit/cli/locales.test.ts` names what to delete.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ended, ROOT, start, temporary } from "../../fixtures/charla.ts";

const features = readdirSync(join(ROOT, "src/features"));
const PAGE = ["web", "tests/unit/web", "tests/with-browser"];
const NEEDS = ["with-model", "with-postgres"];
const OWN = ["unit/%", ...NEEDS.flatMap((need) => [`${need}/%`, `${need}/%.test.ts`])];
const SERVERS = ["examples/", "api/app.test.ts", "api/machines.test.ts"];
const PROGRAM = ["tests/unit/cli/cli.test.ts", "-t", "prints its address first"];

/** All files that are the repository's, with what was installed and built beside them. */
function copyOfRepository(): string {
  const copy = temporary();
  const listed = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", listed, { cwd: ROOT, encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name !== "" && existsSync(join(ROOT, name)))) {
    cpSync(join(ROOT, file), join(copy, file));
  }
  for (const folder of ["node_modules", "dist"]) {
    symlinkSync(join(ROOT, folder), join(copy, folder), "junction");
  }
  for (const folder of PAGE) rmSync(join(copy, folder), { recursive: true, force: true });
  return copy;
}

/** `src/app.ts` without the import of a feature, its line in the list and its part of the policy. */
function unplugged(source: string, name: string): string {
  const statement = new RegExp(
    `^import \\{ (\\w+)(, \\w+)? \\} from "./features/${name}/.*\n`,
    "m",
  );
  const [imported = "", factory, section] = statement.exec(source) ?? [];
  expect(factory, `the import of features/${name}`).toBeDefined();
  const policy = section && new RegExp(`^ +.*: ${section.slice(2)},\n`, "m");
  const lines = source
    .replace(imported, "")
    .replace(policy ?? "", "")
    .split("\n");
  const rest = lines.filter((line) => !new RegExp(`^ +.*\\b${factory}\\(.*,$`).test(line));
  expect(lines.length - rest.length, `lines with ${factory}()`).toBe(1);
  return rest.join("\n");
}

test.each(features)(
  "without the feature %s, types and tests are green",
  async (name) => {
    const copy = copyOfRepository();
    const run = async (script: string, ...args: string[]) => {
      const child = start(process.execPath, [join("node_modules", script), ...args], { cwd: copy });
      const { code, stdout, stderr } = await ended(child);
      expect(code, `${script}\n${stdout}\n${stderr}`).toBe(0);
    };
    rmSync(join(copy, "src/features", name), { recursive: true });
    rmSync(join(copy, "eval", name), { recursive: true, force: true });
    for (const own of OWN) {
      rmSync(join(copy, "tests", own.replace("%", name)), { recursive: true, force: true });
    }
    const app = join(copy, "src/app.ts");
    writeFileSync(app, unplugged(readFileSync(app, "utf8"), name));

    await run("typescript/bin/tsc", "--noEmit");
    const vitest = ["vitest/vitest.mjs", "run", "--project", "unit", "--reporter", "dot"] as const;
    const servers = SERVERS.map((path) => join("tests/unit", path));
    await run(...vitest, ...servers.filter((path) => existsSync(join(copy, path))));
    await run(...vitest, ...PROGRAM);
  },
  240_000,
);
