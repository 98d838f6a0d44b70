import { once } from "node:events";
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { ended, printed, type Result, ROOT, start, temporary } from "../../fixtures/charla.ts";

async function put(root: string, file: string, content: string | object): Promise<void> {
  await mkdir(join(root, file, ".."), { recursive: true });
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await writeFile(join(root, file), text);
}

/**
 * A clone with the real set-up and tiny contents: npm installs a package from a folder and another
 * one for the tests alone, a stand-in for Vite writes the page, and one for Charla says how it was
 * called.
 */
async function clone(): Promise<string> {
  const root = temporary();
  for (const folder of ["scripts", "bin", "src/locales"]) {
    await cp(join(ROOT, folder), join(root, folder), { recursive: true });
  }
  await put(root, "vendor/vite/package.json", { name: "vite", version: "1.0.0" });
  await put(
    root,
    "vendor/vite/bin/vite.js",
    `const fs = require("node:fs");
     fs.mkdirSync("dist/web", { recursive: true });
     fs.writeFileSync("dist/web/half.js", "");
     if (process.env.PAGE_BREAKS) { console.error("line 7 is wrong"); process.exit(1); }
     fs.appendFileSync("built.txt", "x");
     fs.writeFileSync("dist/web/index.html", "page");`,
  );
  await put(root, "vendor/tool/package.json", { name: "tool", version: "1.0.0" });
  await put(
    root,
    "npm.cjs",
    `const fs = require("node:fs");
     fs.appendFileSync("installed.txt", "x");
     if (process.env.SLOW_INSTALL) { fs.mkdirSync("node_modules/half", { recursive: true }); setTimeout(() => {}, 60_000); }
     else {
       const { npm_execpath, npm_node_execpath, ...env } = process.env;
       const args = process.argv.slice(2);
       process.exitCode = require("node:child_process").spawnSync("npm", args, { stdio: "inherit", env }).status;
     }`,
  );
  await put(root, "package.json", {
    name: "charla",
    version: "1.0.0",
    type: "module",
    scripts: { start: "node scripts/start.mjs" },
    dependencies: { vite: "file:vendor/vite" },
    devDependencies: { tool: "file:vendor/tool" },
  });
  const link = (name: string) => ({ resolved: `vendor/${name}`, link: true });
  await put(root, "package-lock.json", {
    name: "charla",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: {
      "": {
        name: "charla",
        version: "1.0.0",
        dependencies: { vite: "file:vendor/vite" },
        devDependencies: { tool: "file:vendor/tool" },
      },
      "node_modules/tool": { ...link("tool"), dev: true },
      "node_modules/vite": link("vite"),
      "vendor/tool": { version: "1.0.0", dev: true },
      "vendor/vite": { version: "1.0.0" },
    },
  });
  await put(root, "web/index.html", "<title>Charla</title>");
  await put(
    root,
    "src/cli.ts",
    `import { writeFileSync } from "node:fs";
     if (process.env.STAYS) setInterval(() => {}, 1000);
     process.on("SIGTERM", () => { console.log("asked to stop"); writeFileSync("stopped.txt", ""); process.exit(7); });
     process.on("SIGINT", () => { console.log("interrupted"); process.exit(8); });
     console.log("served", JSON.stringify(process.argv.slice(2)));`,
  );
  return root;
}

const launch = (root: string, env: NodeJS.ProcessEnv = {}, args: readonly string[] = []) =>
  start(process.execPath, ["scripts/start.mjs", ...args], {
    cwd: root,
    input: "",
    env: {
      ...{ HOME: root, npm_config_cache: join(root, ".npm") },
      ...{ npm_execpath: join(root, "npm.cjs"), npm_node_execpath: process.execPath },
      ...env,
    },
  });

const run = (root: string, env: NodeJS.ProcessEnv = {}, args: readonly string[] = []) =>
  ended(launch(root, env, args));

/** How often npm installed and how often the page was built. */
const done = (root: string) =>
  ["installed.txt", "built.txt"].map((file) =>
    existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8").length : 0,
  );

function expectServed({ code, stdout, stderr }: Result): void {
  expect({ code, stderr, served: /served/.test(stdout) }).toEqual({
    code: 0,
    stderr: "",
    served: true,
  });
}

describe("npm start", () => {
  it("sets up once, with progress, then starts at once", async () => {
    const root = await clone();
    const first = await run(root, {}, ["--port", "3000"]);
    expectServed(first);
    expect(existsSync(join(root, "node_modules", "tool"))).toBe(false);
    expect(first.stdout).toMatch(
      /Dependencies[^\n]*\n✓ Dependencies.* s\)\n.*processor.*\n· Page[^\n]*\n✓ Page/,
    );
    expect(first.stdout).toContain('served ["serve","--pull","--port","3000"]');
    const second = await run(root);
    expectServed(second);
    expect(second.stdout.split("\n")[0]).toContain("served");
    expect(done(root)).toEqual([1, 1]);
  });

  it("installs again when a package is missing or npm's record is damaged", async () => {
    const root = await clone();
    await run(root);
    rmSync(join(root, "node_modules", ".package-lock.json"));
    expectServed(await run(root));
    writeFileSync(join(root, "node_modules", ".package-lock.json"), '{"packages": {');
    expectServed(await run(root));
    const lock = join(root, "package-lock.json");
    const later = { version: "1.0.1" };
    const { packages, ...rest } = JSON.parse(readFileSync(lock, "utf8"));
    const raised = { ...packages, "vendor/vite": later };
    writeFileSync(lock, JSON.stringify({ ...rest, packages: raised }));
    const file = join(root, "vendor", "vite", "package.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("1.0.0", "1.0.1"));
    expectServed(await run(root));
    expect(done(root)).toEqual([4, 2]);
  });

  it("installs again for the tests, whose tools a start leaves out, and then once", async () => {
    const root = await clone();
    await run(root);
    const script = `import("./scripts/setup.mjs").then(({ setUp }) => setUp({ tests: true }))`;
    const env = {
      HOME: root,
      npm_execpath: join(root, "npm.cjs"),
      npm_node_execpath: process.execPath,
    };
    const tests = () =>
      ended(start(process.execPath, ["-e", script], { cwd: root, input: "", env }));
    expect(await tests()).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(join(root, "node_modules", "tool"))).toBe(true);
    await tests();
    await run(root);
    expect(done(root)).toEqual([2, 1]);
  });

  it.runIf(process.platform === "linux" && process.arch === "x64")(
    "keeps a choice of the graphics card, and takes no library that is not the pinned one",
    async () => {
      const root = await clone();
      await put(root, "vendor/node-llama-cpp/package.json", {
        name: "node-llama-cpp",
        version: "1.0.0",
      });
      expectServed(await run(root));
      const place = join(root, "node_modules", "node-llama-cpp");
      symlinkSync(join(root, "vendor", "node-llama-cpp"), place);
      const env = {
        HOME: root,
        npm_execpath: join(root, "pack.cjs"),
        npm_node_execpath: process.execPath,
      };
      await put(root, "pack.cjs", `require("node:fs").writeFileSync("other.tgz", "another's")`);
      const gpu = (...args: string[]) =>
        ended(start(process.execPath, ["scripts/gpu.mjs", ...args], { cwd: root, input: "", env }));
      const refused = await gpu("vulkan");
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.stdout).toMatch(
        /could not be downloaded.*node-llama-cpp.linux-x64-vulkan@1.0.0/,
      );
      const library = join(root, "node_modules", "@node-llama-cpp", "linux-x64-vulkan");
      expect(existsSync(library)).toBe(false);
      // As if it had come: the choice is kept, and another one removes it.
      await mkdir(library, { recursive: true });
      expect((await gpu()).stdout).toContain("graphics card (vulkan)");
      expect((await gpu("none")).stdout).toContain("on the processor");
      expect(existsSync(library)).toBe(false);
      const unknown = await gpu("quantum");
      expect(unknown).toMatchObject({ code: 1 });
      expect(unknown.stderr).toMatch(/quantum[\s\S]*→ Choose/);
    },
  );

  it.each(["SIGKILL", "SIGTERM"] as const)("goes on after npm was ended by %s", async (signal) => {
    const root = await clone();
    const child = launch(root, { SLOW_INSTALL: "1" });
    while (done(root)[0] === 0) await sleep(20);
    const exit = ended(child);
    // As Ctrl-C or a power cut do: everything at once.
    process.kill(-(child.pid as number), signal);
    const { stdout, stderr } = await exit;
    expect(stdout).not.toContain("served");
    if (signal === "SIGTERM") expect(stderr).toMatch(/goes on from here/);
    expectServed(await run(root));
    expect(done(root)).toEqual([2, 1]);
  });

  it("builds the page again when it is half there, or when its sources change", async () => {
    const root = await clone();
    const broken = await run(root, { PAGE_BREAKS: "1" });
    expect(broken).toMatchObject({ code: 1 });
    expect(broken.stderr).toMatch(/line 7 is wrong[\s\S]*page could not be built[\s\S]*→ /);
    expectServed(await run(root));
    rmSync(join(root, "dist", "web", "index.html"));
    expectServed(await run(root));
    writeFileSync(join(root, "web", "index.html"), "<title>Another</title>");
    expectServed(await run(root));
    writeFileSync(join(root, "dist", "web.sha256"), "damaged");
    expectServed(await run(root));
    expect(done(root)).toEqual([1, 4]);
  });

  it("passes on the exit code and the signals, each once", async () => {
    const root = await clone();
    await run(root);
    for (const [signal, word, code] of [
      ["SIGTERM", /asked to stop/, 7],
      ["SIGINT", /interrupted/, 8],
    ] as const) {
      const child = launch(root, { STAYS: "1" });
      await printed(child, /served/);
      const exit = ended(child);
      child.kill(signal);
      const result = await exit;
      expect(result.code).toBe(code);
      expect(result.stdout).toMatch(word);
    }
  });

  it("stops serving when npm is ended", async () => {
    const root = await clone();
    await run(root);
    const child = start("npm", ["start"], { cwd: root, env: { HOME: root, STAYS: "1" } });
    await printed(child, /served/);
    child.kill("SIGTERM");
    // npm may be gone before the last line arrives, so the line is not waited for.
    while (!existsSync(join(root, "stopped.txt"))) await sleep(20);
  });
});

describe("what is missing is said", () => {
  it("npm", async () => {
    const root = await clone();
    const folder = temporary();
    symlinkSync(process.execPath, join(folder, "node"));
    const { code, stderr } = await run(root, { PATH: folder, npm_execpath: "" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/npm is missing[\s\S]*→ Install it/);
  });

  it("the registry, in Spanish where the system speaks it", async () => {
    const root = await clone();
    const silent = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as { port: number };
    const name = "node_modules/far-away";
    for (const file of ["package.json", "package-lock.json"]) {
      const path = join(root, file);
      const content = JSON.parse(readFileSync(path, "utf8"));
      (content.packages?.[""] ?? content).dependencies["far-away"] = "1.0.0";
      if (content.packages) content.packages[name] = { version: "1.0.0" };
      writeFileSync(path, JSON.stringify(content));
    }
    const { code, stderr } = await run(root, {
      LANG: "es_ES.UTF-8",
      npm_config_registry: `http://127.0.0.1:${port}`,
      npm_config_fetch_retries: "0",
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/No hay conexión con el registro de npm[\s\S]*→ Comprueba la red/);
  });

  it.each([
    ["ENOSPC: no space left on device", /disk is full[\s\S]*→ Free/],
    ["EACCES: permission denied, mkdir 'node_modules'", /cannot be written to[\s\S]*→ /],
    ["something nobody has seen", /nobody has seen\n[\s\S]*npm could not install[\s\S]*→ /],
  ])("npm's own trouble: %s", async (message, expected) => {
    const root = await clone();
    const npm = join(root, "npm.cjs");
    writeFileSync(npm, `console.error(${JSON.stringify(message)}); process.exit(1);`);
    const env = { npm_execpath: npm, npm_node_execpath: process.execPath };
    const { code, stdout, stderr } = await run(root, env);
    expect(code).toBe(1);
    expect(stdout).not.toContain("served");
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

it("locks the packages of every platform by digest, and no registry's address", () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const missing = Object.entries<{ optionalDependencies?: object }>(packages).flatMap(
    ([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => {
        const nested = path === "" ? "" : `${path}/node_modules/${name}`;
        return !packages[nested] && !packages[`node_modules/${name}`];
      }),
  );
  expect(missing).toEqual([]);
  const all = Object.entries<{ resolved?: string; link?: boolean; integrity?: string }>(packages);
  const locked = all.filter(([path, { link }]) => path.includes("node_modules/") && !link);
  expect(locked.filter(([, { resolved }]) => resolved)).toEqual([]);
  const unsure = locked.filter(([, { integrity }]) => !integrity).map(([path]) => path);
  // The registry that this lock was written by has not these.
  expect(unsure.filter((path) => !/node-llama-cpp.(linux-riscv64|mac-|win-)/.test(path))).toEqual(
    [],
  );
});
