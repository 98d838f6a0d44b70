/** The engine's states hold the tokens of chats: who wants none on the disk has no old ones either. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { temporary } from "../../fixtures/charla.ts";

test("who wants no states on the disk finds none of before there", async () => {
  const home = temporary();
  const state = join(home, "cache", `${"a".repeat(16)}-${"b".repeat(48)}.state`);
  mkdirSync(join(home, "cache"));
  writeFileSync(state, "tokens");
  const start = async (env: NodeJS.ProcessEnv) => {
    const config = readConfig({ engine: "scripted", port: 0 }, { CHARLA_HOME: home, ...env });
    await (await startApp(config, () => {})).stop();
  };
  await start({ CHARLA_CACHE_DISK: "1 GB" });
  expect(existsSync(state)).toBe(true);
  await start({ CHARLA_CACHE_DISK: "0 MB" });
  expect(existsSync(state)).toBe(false);
});
