import { once } from "node:events";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  CLI,
  charla,
  ended,
  printed,
  ROOT,
  serve,
  start,
  temporary,
  terminal,
  withCharla,
} from "../../fixtures/charla.ts";

/** Those that are there without any feature. */
const COMMANDS = ["serve", "chat", "doctor"];
const STACK = /^\s+at .+:\d+:\d+\)?$/m;

const ask = (url: string, content = "Hello?") =>
  fetch(`${url}/api/chat`, {
    method: "POST",
    body: JSON.stringify({ messages: [{ role: "user", content }] }),
  });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("charla", () => {
  it("tells its version and its commands", async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(await charla(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
    const { code, stdout } = await charla(["--help"], { env: { CHARLA_HOME: temporary() } });
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toContain(`  ${command}`);
  });

  it.each([[[]], [["--port", "0"]]])("alone, with %j, serves", async (args) => {
    const env = { CHARLA_HOME: temporary(), CHARLA_PORT: "0" };
    const child = start(process.execPath, [CLI, ...args], { env });
    const [url = ""] = /http:\S+/.exec(await printed(child, /http:\S+\n/)) ?? [];
    expect((await ask(url)).status).toBe(200);
    child.kill("SIGTERM");
    expect((await ended(child)).code).toBe(0);
  });

  it("takes a misspelt command for one, and suggests the right one", async () => {
    const { code, stderr } = await charla(["sreve"], { env: { CHARLA_HOME: temporary() } });
    expect(code).toBe(2);
    expect(stderr).toContain("There is no command 'sreve'.\nDid you mean serve?");
  });

  it.each([
    ["an unknown command", ["sreve"]],
    ["an unknown flag without a command", ["--prot", "1"]],
    ["an unknown flag", ["serve", "--prot", "1"]],
    ["a flag without its value", ["serve", "--port"]],
    ["a value out of range", ["serve", "--port", "99999"]],
    ["too many arguments", ["doctor", "one"]],
  ])("answers %s with exit code 2 and what to do", async (_, args) => {
    const { code, stdout, stderr } = await charla(args, { env: { CHARLA_HOME: temporary() } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n").length).toBeGreaterThan(1);
    expect(stderr).not.toMatch(STACK);
  });

  it("speaks Spanish where the system does, and says when a variable is misspelt", async () => {
    const env = { LANG: "es_ES.UTF-8", CHARLA_PROT: "1" };
    const { stderr } = await charla(["serve", "--host", "0.0.0.0"], { env });
    expect(stderr).toContain("CHARLA_PROT");
    expect(stderr).toContain("no sabe con qué dirección la abre la gente");
    expect((await charla(["serve", "--help"], { env })).stdout).toContain("Opciones:");
    expect(
      (await charla(["sreve"], { env: { ...env, CHARLA_HOME: temporary() } })).stderr,
    ).toContain("¿Querías decir serve?");
  });

  it("shows a stack trace only to who asks for it", async () => {
    const options = { input: "Hello?", env: { CHARLA_ENGINE: "", CHARLA_MODEL: "/nowhere.gguf" } };
    const env = { ...options.env, CHARLA_HOME: temporary() };
    const plain = await charla(["chat"], { ...options, env });
    expect(plain).toMatchObject({ code: 1, stdout: "" });
    expect(plain.stderr).toContain("→ ");
    expect(plain.stderr).not.toMatch(STACK);
    const debug = await charla(["chat"], { ...options, env: { ...env, CHARLA_DEBUG: "1" } });
    expect(debug.stderr).toMatch(STACK);
  });

  it("names the variable of every flag that is a setting", async () => {
    for (const command of ["serve", "chat"]) {
      const { stdout } = await charla([command, "--help"]);
      const flags = [...stdout.matchAll(/^ {2}--([\w-]+) </gm)].map(([, name]) => name as string);
      expect(flags.length).toBeGreaterThan(2);
      const words = stdout.replace(/\s+/g, " ");
      for (const flag of flags) {
        expect(words).toContain(`(env: CHARLA_${flag.toUpperCase().replaceAll("-", "_")})`);
      }
    }
  });
});

describe("the examples of the help", async () => {
  const helps = await Promise.all(COMMANDS.map((command) => helpOf(command)));
  const examples = helps.flatMap((help) =>
    [...help.matchAll(/^ {2}\$ (.+)$/gm)].map(([, one]) => one),
  );

  async function helpOf(command: string): Promise<string> {
    const { stdout } = await import("node:child_process").then(({ spawnSync }) =>
      spawnSync(process.execPath, [CLI, command, "--help"], {
        encoding: "utf8",
        env: { PATH: process.env.PATH, HOME: "/nowhere", LANG: "C" },
      }),
    );
    return stdout;
  }

  it("are there", () => expect(examples.length).toBeGreaterThan(6));

  it.each(examples)("%s", async (line = "") => {
    const env = {
      PATH: `${withCharla()}${delimiter}${process.env.PATH}`,
      CHARLA_HOME: temporary(),
      CHARLA_PORT: String(await freePort()),
    };
    if (line.startsWith("charla serve")) {
      const command = line.replace("3000", String(await freePort()));
      const child = start("sh", ["-c", `exec ${command}`], { env });
      const [url = ""] = /http:\S+/.exec(await printed(child, /http:\S+\n/)) ?? [];
      expect((await ask(url)).status).toBe(200);
      child.kill("SIGTERM");
      expect((await ended(child)).code).toBe(0);
    } else if (line === "charla chat") {
      const child = terminal(line, env);
      await printed(child, /> /);
      child.stdin?.write("/exit\r");
      expect((await ended(child)).code).toBe(0);
    } else {
      const { code, stdout } = await ended(start("sh", ["-c", line], { env, input: "" }));
      expect(stdout).not.toBe("");
      // The doctor may find something missing on a machine that only runs the tests.
      expect(line.startsWith("charla doctor") ? 0 : code).toBe(0);
    }
  });
});

describe("charla serve", () => {
  it("prints its address first, and ends by signal with code 0", async () => {
    const { child, url, output } = await serve(["--port", "0"], {
      env: { CHARLA_HOME: temporary() },
    });
    expect(output.split("\n")[0]).toBe(`Charla is at ${url}`);
    expect((await ask(url)).status).toBe(200);
    child.kill("SIGINT");
    expect((await ended(child)).code).toBe(0);
  });

  it("is named by the address that people use, behind a proxy and where they sign in", async () => {
    const env = { CHARLA_HOME: temporary(), CHARLA_PUBLIC_URL: "https://chat.example.org" };
    const behind = start(process.execPath, [CLI, "serve", "--port", "0"], { env });
    const told = await printed(behind, /The proxy finds it at http:\/\/127\.0\.0\.1:\d+/);
    expect(told).toContain("https://chat.example.org/account/set-up#");
    expect(told).toContain("Charla is at https://chat.example.org\n");
    const own = start(process.execPath, [CLI, "serve", "--port", "0", "--accounts", "on"], {
      env: { CHARLA_HOME: temporary() },
    });
    // Passkeys know names, not addresses.
    const said = await printed(own, /Charla is at http:\/\/localhost:\d+/);
    expect(said).toMatch(/http:\/\/localhost:\d+\/account\/set-up#/);
  });

  it("ends a stream in good order when it is stopped", async () => {
    const { child, url } = await serve(["--port", "0"], { env: { CHARLA_HOME: temporary() } });
    const content = "word ".repeat(2000);
    const response = await ask(url, content);
    expect(response.status).toBe(200);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = "";
    while (!text.includes("word")) text += new TextDecoder().decode((await reader.read()).value);
    const exit = ended(child);
    child.kill("SIGTERM");
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += new TextDecoder().decode(part.value);
    }
    expect(text).toMatch(/data: \{"type":"finish",.*"reason":"cancelled".*\}\n\n$/);
    expect((await exit).code).toBe(0);
  });

  it("takes the next port when nobody chose one, and refuses when somebody did", async () => {
    const first = await serve([], { env: { CHARLA_HOME: temporary() } });
    const second = await serve([], { env: { CHARLA_HOME: temporary() } });
    expect(second.url).not.toBe(first.url);
    await printed(second.child, /is taken by another program/).catch(() => {});
    const port = new URL(first.url).port;
    const third = await charla(["serve", "--port", port], { env: { CHARLA_HOME: temporary() } });
    expect(third.code).toBe(1);
    expect(third.stderr).toContain(`Port ${port}`);
    expect(third.stderr).toContain("--port");
  });

  it("refuses a data folder that another server has, and leaves that one alone", async () => {
    const env = { CHARLA_HOME: temporary() };
    const { url, child } = await serve(["--port", "0"], { env });
    const second = await charla(["serve", "--port", "0"], { env });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(String(child.pid));
    expect(second.stderr).toContain("CHARLA_HOME");
    expect((await ask(url)).status).toBe(200);
  });

  it("does not serve when the download before it is stopped", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const asked = once(silent, "request");
    const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const env = { CHARLA_ENGINE: "", CHARLA_HOME: temporary(), HF_ENDPOINT: endpoint };
    const child = start(process.execPath, [CLI, "serve", "--pull", "--port", "0"], { env });
    await asked;
    const exit = ended(child);
    child.kill("SIGINT");
    const { code, stdout } = await exit;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  });

  it("says what to do when its folder cannot be made", async () => {
    const file = join(temporary(), "file");
    writeFileSync(file, "");
    const home = join(file, "data");
    const { code, stderr } = await charla(["serve"], { env: { CHARLA_HOME: home } });
    expect(code).toBe(1);
    expect(stderr).toContain(home);
    expect(stderr).toContain("CHARLA_HOME");
    expect(stderr).not.toMatch(STACK);
  });
});

describe("output that cannot be written", () => {
  it.runIf(process.platform === "linux")("is an error with a hint, not a stack", async () => {
    const line = '"$0" "$1" chat --max-tokens 5 > /dev/full';
    const options = { input: "Hello?", env: { CHARLA_HOME: temporary() } };
    const { code, stderr } = await ended(start("sh", ["-c", line, process.execPath, CLI], options));
    expect(code).toBe(1);
    expect(stderr).toContain("could not be written: ENOSPC");
    expect(stderr).not.toMatch(STACK);
  });
});

describe("charla doctor", () => {
  it("finds what is there and what is not, in both forms", async () => {
    const env = { CHARLA_HOME: temporary(), CHARLA_ENGINE: "", HF_HUB_OFFLINE: "1" };
    const { stdout } = await charla(["doctor", "--json"], { env });
    const { findings } = JSON.parse(stdout) as { findings: { name: string; state: string }[] };
    const states = Object.fromEntries(findings.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ Node: "ok", Memory: "ok", "Data folder": "ok", Model: "note" });
    const plain = await charla(["doctor"], { env });
    for (const { name } of findings) expect(plain.stdout).toContain(`${name}: `);
  });

  it("exits 1 when something needed is missing: a folder, a database, a setting", async () => {
    const home = temporary();
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "charla.db"), "not a database at all".repeat(100));
    const env = { CHARLA_HOME: home, HF_HUB_OFFLINE: "1" };
    const damaged = await charla(["doctor"], { env });
    expect(damaged.code).toBe(1);
    expect(damaged.stdout).toMatch(/✗ Database: .*damaged/);
    const unmade = await charla(["doctor"], {
      env: { ...env, CHARLA_HOME: join(home, "charla.db", "x") },
    });
    expect(unmade.stdout).toMatch(/✗ Data folder/);
    const link = join(home, "link");
    symlinkSync("nowhere", link);
    for (const unmakable of [join(link, "x"), "/proc/charla"]) {
      const own = { CHARLA_ENGINE: "", CHARLA_HOME: unmakable };
      const { code, stdout } = await charla(["doctor"], { env: { ...env, ...own } });
      expect(code).toBe(1);
      expect(stdout).toMatch(/✗ Model: .*cannot be written/);
    }
    const wrong = await charla(["doctor"], { env: { ...env, CHARLA_PORT: "many" } });
    expect(wrong.stdout).toMatch(/✗ Settings: .*CHARLA_PORT/);
  });
});
