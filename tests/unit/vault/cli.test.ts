/** The master key as people meet it: at the start, in its place, and changed by a command. */
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { charla, temporary } from "../../fixtures/charla.ts";
import type { Json } from "../core/serve.ts";

const HEX = "ab".repeat(32);

/** Serves for a moment, and gives the settings of a chat, which is made if there is none. */
async function look(env: NodeJS.ProcessEnv): Promise<string> {
  const config = readConfig({ engine: "scripted", port: 0 }, env);
  const app = await startApp(config, () => {});
  try {
    const ask = async (path: string, init?: RequestInit): Promise<Json> =>
      (await fetch(`${app.url}/api/conversations${path}`, init)).json();
    const body = JSON.stringify({ settings: { systemPrompt: "Be kind." } });
    const first = (await ask("")).items[0] ?? (await ask("", { method: "POST", body }));
    return (await ask(`/${first.id}`)).settings.systemPrompt;
  } finally {
    await app.stop();
  }
}

test("a start without the right key says so, changes nothing, and the next one works", async () => {
  const home = temporary();
  const env = { CHARLA_HOME: home };
  expect(await look(env)).toBe("Be kind.");
  const own = join(home, "master.key");
  const database = readFileSync(join(home, "charla.db"));
  const wrong = await charla(["serve", "--port", "0"], { env: { ...env, CHARLA_MASTER_KEY: HEX } });
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain("is not the one that this database was sealed with");
  expect(wrong.stderr).not.toContain(HEX);
  renameSync(own, join(home, "elsewhere"));
  const missing = await charla(["serve", "--port", "0"], { env: { ...env, LANG: "es_ES.UTF-8" } });
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain(`No se puede leer la clave maestra de ${own}`);
  expect(existsSync(own)).toBe(false);
  expect(readFileSync(join(home, "charla.db")).equals(database)).toBe(true);
  expect(await look({ ...env, CHARLA_MASTER_KEY_FILE: join(home, "elsewhere") })).toBe("Be kind.");
});

test("charla rotate-master-key changes it, in its place or to a file", async () => {
  const home = temporary();
  const env = { CHARLA_HOME: home };
  expect(await look(env)).toBe("Be kind.");
  const own = join(home, "master.key");
  const before = readFileSync(own, "utf8");
  const changed = await charla(["rotate-master-key"], { env });
  expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining(own) });
  expect(readFileSync(own, "utf8")).not.toBe(before);
  expect(await look(env)).toBe("Be kind.");

  const file = join(home, "new.key");
  const moved = await charla(["rotate-master-key", "--to", file], { env });
  expect(moved.stdout).toContain(`CHARLA_MASTER_KEY_FILE=${file}`);
  expect(moved.stdout + changed.stdout).not.toContain(readFileSync(file, "utf8").trim());
  expect(existsSync(own)).toBe(false);
  expect(await look({ ...env, CHARLA_MASTER_KEY_FILE: file })).toBe("Be kind.");
  // In the environment, Charla cannot put a new one.
  const key = readFileSync(file, "utf8").trim();
  const refused = await charla(["rotate-master-key"], { env: { ...env, CHARLA_MASTER_KEY: key } });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("--to");
});
