import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ended, ROOT, start, temporary } from "../../fixtures/charla.ts";

it("the program starts in a folder whose name means something in an address", async () => {
  const folder = join(temporary(), "100 % #1 ¿qué?");
  cpSync(join(ROOT, "bin"), join(folder, "bin"), { recursive: true });
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src", "cli.ts"), "console.log(process.argv.slice(2).join());");
  const args = [join(folder, "bin", "charla.mjs"), "chat", "--json"];
  const result = await ended(start(process.execPath, args, { input: "" }));
  expect(result).toEqual({ code: 0, stdout: "chat,--json\n", stderr: "" });
});
