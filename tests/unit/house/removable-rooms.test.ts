/**
 * Every room of the page can be taken out: its folder, and its lines in `web/src/rooms.ts`. And one
 * goes in by copying its folder and a line.
 *
 * In a copy of the repository all rooms are taken out and the one of `examples/` is put in; there the
 * types of the page are checked and the page is built, once. That no room names another, so that each
 * can go alone, is read by `arrows.test.ts`.
 */
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ended, start } from "../../fixtures/charla.ts";
import { copyOf, plugIn } from "../../fixtures/plugged.ts";

const LIST = "web/src/rooms.ts";

/** The list without a room: its import, and its line. */
function without(list: string, folder: string): string {
  const statement = new RegExp(`^import \\{ room as (\\w+) \\} from "./panels/${folder}/.*\n`, "m");
  const [imported = "", name] = statement.exec(list) ?? [];
  expect(name, `the import of panels/${folder}`).toBeDefined();
  return list.replace(imported, "").replace(new RegExp(`^ +${name},\n`, "m"), "");
}

test("without any room but a new one, types and build of the page are green", async () => {
  const copy = copyOf("web", "src", "examples/tsconfig.json", "tsconfig.json", "package.json");
  const run = async (script: string, ...args: string[]) => {
    const child = start(process.execPath, [join("node_modules", script), ...args], { cwd: copy });
    const { code, stdout, stderr } = await ended(child);
    expect(code, `${script}\n${stdout}\n${stderr}`).toBe(0);
    return stdout;
  };
  const folders = globSync("*", { cwd: join(copy, "web/src/panels") });
  expect(folders.length).toBeGreaterThan(10);
  let list = readFileSync(join(copy, LIST), "utf8");
  for (const folder of folders) {
    rmSync(join(copy, "web/src/panels", folder), { recursive: true });
    list = without(list, folder);
  }
  expect(list).not.toContain("./panels/");

  writeFileSync(join(copy, LIST), list);
  plugIn(copy, "prompts");
  expect(readFileSync(join(copy, LIST), "utf8")).toMatch(/= \[\s*prompts,\s*\];/);

  await run("typescript/bin/tsc", "--noEmit", "-p", "web");
  const told = await run("vite/bin/vite.js", "build", "--config", "web/vite.config.ts");
  expect(told).toMatch(/PromptsPanel-.*\.js/);
}, 600_000);
