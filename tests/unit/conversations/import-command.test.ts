/** `charla import`: into what is stored, and by the server that runs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import type { ImportReport } from "../../../src/features/conversations/api.ts";
import { charla, ended, serve, temporary } from "../../fixtures/charla.ts";
import * as exports from "../../fixtures/exports.ts";

function file(name: string, content: string | Uint8Array): string {
  const path = join(temporary(), name);
  writeFileSync(path, content);
  return path;
}

const [good] = exports.chatgpt;
const chatgpt = () =>
  zipSync({
    "conversations.json": strToU8(JSON.stringify([good, good])),
  });

test("takes an export in while no server runs, tells what came, and doubles nothing", async () => {
  const env = { CHARLA_HOME: temporary() };
  const path = file("export.zip", chatgpt());
  const first = await charla(["import", path], { env });
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toMatch(/^1 chat imported\.\n1 chat was here already\.\nFrom ChatGPT\./);
  expect(first.stdout).toMatch(/could not be taken along:\n {2}\w+: /);
  const again = await charla(["import", "--json", path], { env });
  const report = JSON.parse(again.stdout) as ImportReport;
  expect(report).toMatchObject({ added: 0, known: 2, left: 0, from: ["ChatGPT"] });
  const spanish = await charla(["import", path], { env: { ...env, LANG: "es_ES.UTF-8" } });
  expect(spanish.stdout).toContain("no había nada nuevo");
});

test("gives the file to the server that has the data folder", async () => {
  const env = { CHARLA_HOME: temporary() };
  const { url, child } = await serve(["--port", "0"], { env });
  const result = await charla(["import", file("export.zip", chatgpt())], { env });
  expect(result).toMatchObject({ code: 0 });
  expect(result.stdout).toContain("1 chat imported.");
  const list = await (await fetch(`${url}/api/conversations`)).json();
  expect(JSON.stringify(list)).toContain("Recetas con setas");
  const bad = await charla(["import", file("notes.json", '{"a": 1}')], { env });
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain("→ ");
  child.kill("SIGTERM");
  await ended(child);
});

test("exits 1 where a chat was left out or nothing is one, and 2 without a file", async () => {
  const env = { CHARLA_HOME: temporary() };
  const broken = { ...good, mapping: 7 };
  const some = file("some.json", JSON.stringify([good, broken]));
  const none = await charla(["import", file("notes.json", '{"a": 1}')], { env });
  expect(none).toMatchObject({ code: 1, stdout: "" });
  expect(none.stderr).toContain("→ ");
  const left = await charla(["import", some], { env });
  expect(left).toMatchObject({ code: 1 });
  expect(left.stdout).toContain("1 chat imported.");
  expect(left.stdout).toContain("1 chat could not be taken.");
  expect(await charla(["import", "/nowhere.zip"], { env })).toMatchObject({ code: 2, stdout: "" });
  expect(await charla(["import"], { env })).toMatchObject({ code: 2 });
});
