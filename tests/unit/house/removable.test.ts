/**
 * Every feature can be taken out: its folder, its tests, its evaluation, and in
 * `src/app/features.ts` its import and its line in the list.
 *
 * That no feature names another is read by `arrows.test.ts`, also of its tests and its evaluation, so that
 * each can go alone. What names none may still need a type that another has added to the core's
 * (`declare module`): the types are checked in a copy of the repository without all that add any, and with
 * each of these alone, where also every other is out, which shows that the rest needs none. Left out
 * there is the page, whose rooms go with their features.
 * What the rest does without one alone is tried here, with the list as it stands in the file, less
 * that one: whoever imports a folder that is gone fails by the types already.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { features } from "../../../src/app/features.ts";
import { addCommands } from "../../../src/app/rest.ts";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import type { Feature } from "../../../src/core/feature.ts";
import { ended, ROOT, start, temporary } from "../../fixtures/charla.ts";

const names = readdirSync(join(ROOT, "src/features"));
const PAGE = ["web/", "tests/unit/web/", "tests/with-browser/", "tests/fixtures/shown.ts"];
const LIST = "src/app/features.ts";
const NEEDS = ["with-model", "with-postgres", "with-python"];
const ownOf = (name: string) => [
  ...[`src/features/${name}`, `eval/${name}`, `tests/unit/${name}`],
  ...NEEDS.flatMap((need) => [`tests/${need}/${name}`, `tests/${need}/${name}.test.ts`]),
];

/** Those that add to a type of the core. */
const adding = names.filter((name) =>
  globSync(`src/features/${name}/**/*.ts`, { cwd: ROOT }).some((file) =>
    /^declare (module|global)\b/m.test(readFileSync(join(ROOT, file), "utf8")),
  ),
);
/** By what is there in them: what was not there before is looked at anew in each, and all of it in the first. */
const checks: Readonly<Record<string, readonly string[]>> = {
  [`all features but ${adding.join(", ")}`]: names.filter((name) => !adding.includes(name)),
  ...Object.fromEntries(adding.map((name) => [`only the feature ${name}`, [name]])),
};

describe("in a copy of the repository", () => {
  let copy: string;
  let aside: string;

  const tsc = async () => {
    const info = ["--incremental", "--tsBuildInfoFile", join(aside, "types.json")];
    const args = [join("node_modules", "typescript/bin/tsc"), "--noEmit", ...info];
    return ended(start(process.execPath, args, { cwd: copy }));
  };

  beforeAll(async () => {
    [copy, aside] = ["charla-copy-", "charla-aside-"].map((name) =>
      mkdtempSync(join(tmpdir(), name)),
    ) as [string, string];
    const listed = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    const files = execFileSync("git", listed, { cwd: ROOT, encoding: "utf8" }).split("\0");
    const page = (name: string) => PAGE.some((path) => name.startsWith(path));
    for (const file of files.filter((name) => name !== "" && !page(name))) {
      if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(copy, file));
    }
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
  });
  afterAll(() => {
    for (const folder of [copy, aside]) rmSync(folder, { recursive: true, force: true });
  });

  test("several features add to a type of the core, and most do not", () => {
    expect(adding.length).toBeGreaterThan(1);
    expect(adding.length).toBeLessThan(names.length / 2);
  });

  test.each(Object.entries(checks))("the types hold with %s", async (_name, there) => {
    const out = names.filter((name) => !there.includes(name));
    const list = join(copy, LIST);
    const source = readFileSync(list, "utf8");
    const moved = out.flatMap(ownOf).filter((path) => existsSync(join(copy, path)));
    for (const [index, path] of moved.entries()) {
      renameSync(join(copy, path), join(aside, String(index)));
    }
    writeFileSync(list, tidy(out.reduce(without, source)));
    onTestFinished(() => {
      writeFileSync(list, source);
      for (const [index, path] of moved.entries()) {
        renameSync(join(aside, String(index)), join(copy, path));
      }
    });
    const { code, stdout } = await tsc();
    expect(code, stdout).toBe(0);
  });
});

/** The list without a feature's import and its line. */
function without(source: string, name: string): string {
  const statement = new RegExp(`^import \\{ (\\w+) \\} from "../features/${name}/.*\n`, "m");
  const [imported = "", value] = statement.exec(source) ?? [];
  expect(value, `the import of features/${name}`).toBeDefined();
  const rest = source.replace(imported, "");
  const entry = new RegExp(`^  ${value}(?:\\(.*\\))?,\n`, "m");
  expect(rest).toMatch(entry);
  return rest.replace(entry, "");
}

/** Without what nobody in the list needs any more. */
const tidy = (list: string) =>
  list.includes("await engines()") ? list : list.replace(/^const engines = .*\n/m, "");

describe("the list", () => {
  test("names each folder once", () => {
    expect(features.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  test.each(names)("without the feature %s starts, answers and reads commands", async (name) => {
    const list = features as Feature[];
    const at = list.findIndex((one) => one.name === name);
    const [taken] = list.splice(at, 1) as [Feature];
    onTestFinished(() => void list.splice(at, 0, taken));
    const config = readConfig({ engine: "scripted", port: 0, home: temporary() }, {});
    const logged: unknown[] = [];
    const app = await startApp(config, (...line) => logged.push(line));
    try {
      const messages = [{ role: "user", content: "hello" }];
      const body = JSON.stringify({ messages });
      const reply = await fetch(`${app.url}/api/chat`, { method: "POST", body });
      expect(await reply.text()).toContain("hello");
      const told = await fetch(`${app.url}/api/features`);
      expect(told.status).toBe(name === "api" ? 404 : 200);
      if (name !== "api") expect(await told.json()).not.toHaveProperty(name);
    } finally {
      await app.stop();
    }
    addCommands(new Command(), config, () => {});
    expect(logged).toEqual([]);
  });
});
