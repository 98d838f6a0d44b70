import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { charla as plugged } from "../../fixtures/charla.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { writeLora } from "../../fixtures/lora.ts";
import { HubServer, modelOf, sha256 } from "../library/hub-server.ts";

const SCRIPT = fileURLToPath(new URL("cli-process.ts", import.meta.url));
let home: string;
let server: HubServer;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-"));
  writeGpt2(join(home, "tiny"));
  server = await HubServer.start(await readFile(join(home, "tiny")));
});

afterEach(async () => {
  await server.close();
  await rm(home, { recursive: true, force: true });
});

function start(line: string, language = "en") {
  const catalogue = [
    modelOf(server.bytes, { id: "smollm2-135m" }),
    modelOf(server.bytes, {
      ...{ id: "large", fileBytes: 14.4e9, memoryBytes: 15.5e9 },
      hub: { repository: "someone/large", revision: "main", file: "large.gguf" },
    }),
  ];
  const settings = JSON.stringify({ home, hub: server.hub(), catalogue, language });
  const args = [SCRIPT, settings, ...line.split(" ")];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs `charla <line>` to its end. */
async function charla(line: string, language?: string) {
  const child = start(line, language);
  const exit = once(child, "close");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exit;
  return { code, out: out.trimEnd(), err: err.trimEnd() };
}

test("adapters are listed with what they are for, in both languages", async () => {
  await mkdir(join(home, "models", "adapters"), { recursive: true });
  await copyFile(join(home, "tiny"), join(home, "models", "mine.gguf"));
  const path = join(home, "models", "adapters", "pirate.gguf");
  await writeLora(path, join(home, "tiny"), { rank: 2, alpha: 16 });
  await writeFile(join(home, "models", "adapters", "note.gguf"), "nothing of the kind");
  const digest = sha256(await readFile(path)).slice(0, 16);
  expect((await charla("models list")).out.split("\n").slice(-3)).toEqual([
    "ADAPTER  BASE  RANK  ALPHA  FITS    SHA-256",
    "note     ?     0     0      broken  -",
    `pirate   gpt2  2     16     mine    ${digest}`,
  ]);
  expect((await charla("models list", "es")).out).toContain("ADAPTADOR  BASE  RANGO  ALFA");
  const { adapters } = JSON.parse((await charla("models list --json")).out);
  expect(adapters[1]).toMatchObject({ id: "pirate", models: ["mine"] });
});

test("a session: list, pull, verify, delete", async () => {
  const before = await charla("models list");
  expect(before.out.split("\n").slice(0, 3)).toEqual([
    expect.stringMatching(/^ID +STATE +SIZE +MEMORY +RUNS HERE +GOOD FOR$/),
    expect.stringMatching(/^smollm2-135m \* +not here +0 MB +1 MB +well \(best\) +For tests\.$/),
    expect.stringMatching(
      /^large +not here +14\.4 GB +15\.5 GB +(barely|no|well|slowly) +For tests\.$/,
    ),
  ]);

  const pulled = await charla("models pull");
  expect(pulled).toMatchObject({ code: 0, out: "smollm2-135m is ready." });
  expect(pulled.err).toMatch(/^smollm2-135m downloading 0 % \(0\.0\/0\.\d MB\)/);
  expect(await charla("models pull smollm2-135m")).toEqual({
    code: 0,
    out: "smollm2-135m is there already.",
    err: "",
  });

  const digest = sha256(server.bytes);
  const verified = await charla("models verify");
  expect(verified).toMatchObject({ code: 0, out: `smollm2-135m is intact: SHA-256 ${digest}` });

  expect(await charla("models rm smollm2-135m")).toEqual({
    code: 0,
    out: "smollm2-135m is deleted.",
    err: "",
  });
  expect((await charla("models verify")).out).toBe("There are no model files yet.");
});

test("JSON for scripts", async () => {
  const pulled = JSON.parse((await charla("models pull --json")).out);
  expect(pulled).toMatchObject({ id: "smollm2-135m", state: "ready" });
  const all = JSON.parse((await charla("models list --json")).out);
  expect(all).toMatchObject({ current: "smollm2-135m", models: [{ state: "ready" }, {}] });
  expect(all.machine.memoryBytes).toBeGreaterThan(0);
  expect(JSON.parse((await charla("models verify --json")).out)).toEqual([
    { id: "smollm2-135m", digest: sha256(server.bytes), error: null },
  ]);
});

test("Spanish", async () => {
  const { out } = await charla("models list", "es");
  expect(out).toContain("ESTADO");
  expect(out).toContain("no está");
  expect(await charla("models pull", "es")).toMatchObject({ out: "smollm2-135m está listo." });
});

test("a damaged file fails the check, and can be mended", async () => {
  await charla("models pull");
  const path = join(home, "models", "tiny.gguf");
  const bytes = await readFile(path);
  const { atime, mtime } = await stat(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(path, bytes);
  // Even if its time says that nothing has happened.
  await utimes(path, atime, mtime);
  const { code, out, err } = await charla("models verify smollm2-135m");
  expect({ code, out }).toEqual({ code: 1, out: "smollm2-135m: broken" });
  expect(err).toContain("model_file_broken");
  expect((await charla("models list")).out).toContain("broken");
  expect((await charla("models pull")).out).toBe("smollm2-135m is ready.");
});

test("an unknown model, and one that is not there", async () => {
  for (const line of ["models pull nosuch", "models rm nosuch", "models verify nosuch"]) {
    const { code, err } = await charla(line);
    expect(code).toBe(1);
    expect(err).toContain("model_not_found: There is no model nosuch.");
  }
  expect((await charla("models verify large")).err).toContain("charla models pull large");
});

test("Ctrl-C keeps what has arrived, and says how to go on", async () => {
  server.faults = [{ stallAt: 65_536 }];
  const child = start("models pull");
  const exit = once(child, "close");
  const err = text(child.stderr);
  const part = join(home, "models", "tiny.gguf.part");
  const size = async () => (await stat(part).catch(() => ({ size: 0 }))).size;
  while ((await size()) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill("SIGINT");
  expect(await exit).toEqual([1, null]);
  expect(await err).toContain("Stopping...");
  expect(await err).toContain("Go on with `charla models pull smollm2-135m`");
  const { out } = await charla("models list");
  expect(out).toMatch(/smollm2-135m \* {2}partial, \d+ %/);
  expect((await charla("models pull")).out).toBe("smollm2-135m is ready.");
  expect(server.seen.at(-1)?.headers.range).toMatch(/^bytes=[1-9]/);
});

test("it is one of the program's commands, with help of its own", async () => {
  const help = await plugged(["--help"], { env: { CHARLA_HOME: home } });
  expect(help.stdout).toContain("  models");
  const { stdout } = await plugged(["models", "--help"], { env: { CHARLA_HOME: home } });
  for (const command of ["list", "pull", "verify", "rm"]) expect(stdout).toContain(`  ${command}`);
  expect(stdout).not.toContain("display help");
  expect(stdout).toContain("-h, --help");
});
