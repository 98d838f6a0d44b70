/** `charla export onnx` and `charla onnx` as a person runs them. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { charla, temporary } from "../../fixtures/charla.ts";
import { writeTiny } from "../../fixtures/tiny-llama.ts";

test("a file is written, told, and not written over", async () => {
  const folder = temporary();
  const [input, output] = [join(folder, "tiny.gguf"), join(folder, "tiny.onnx")];
  writeTiny(input);
  const env = { CHARLA_HOME: folder };
  const done = await charla(["export", "onnx", input, output, "--json"], { env });
  expect(JSON.parse(done.stdout)).toMatchObject({ input, output });
  expect(existsSync(output)).toBe(true);
  const again = await charla(["export", "onnx", input, output], { env });
  expect(again).toMatchObject({ code: 1, stdout: "" });
  expect(again.stderr).toContain("--force");
  const spanish = { env: { ...env, LANG: "es_ES.UTF-8" } };
  const forced = await charla(["export", "onnx", input, output, "--force"], spanish);
  expect(forced.stdout).toContain("está escrito");
});

test("what runs such files is absent until it is downloaded, and goes away", async () => {
  const home = temporary();
  const env = { CHARLA_HOME: home };
  const status = async () => JSON.parse((await charla(["onnx", "--json"], { env })).stdout);
  expect(await status()).toMatchObject({ ready: false, version: expect.stringMatching(/^\d+\./) });
  // Without npm nothing is begun, and the reason is told.
  const failed = await charla(["onnx", "setup"], { env: { ...env, PATH: "/nowhere" } });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("npm");
  // Of another version, as an older Charla may have left it.
  mkdirSync(join(home, "addons", "onnx"), { recursive: true });
  writeFileSync(join(home, "addons", "onnx", "complete.sha256"), "another");
  expect(await status()).toMatchObject({ ready: false });
  await charla(["onnx", "remove"], { env });
  expect(existsSync(join(home, "addons", "onnx"))).toBe(false);
});
