import { once } from "node:events";
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { ended, printed, type Result, ROOT, start, temporary } from "../../fixtures/charla.ts";

/**
 * A clone with the real set-up and tiny contents: npm installs two packages from a folder, a
 * stand-in for Vite writes the page, and a stand-in for Charla says how it was called.
 */
async function clone(): Promise<string> {
  const root = temporary();
  const put = async (file: string, content: string | object) => {
    await mkdir(join(root, file, ".."), { recursive: true });
    await writeFile(
      join(root, file),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  };
  for (const folder of ["scripts", "bin", "src/locales"]) {
    await cp(join(ROOT, folder), join(root, folder), { recursive: true });
  }
  await put("vendor/vite/package.json", { name: "vite", version: "1.0.0" });
  await put(
    "vendor/vite/bin/vite.js",
    `const fs = require("node:fs");
     fs.mkdirSync("dist/web", { recursive: true });
     fs.writeFileSync("dist/web/half.js", "");
     if (process.env.PAGE_BREAKS) { console.error("line 7 is wrong"); process.exit(1); }
     fs.appendFileSync("built.txt", "x");
     fs.writeFileSync("dist/web/index.html", "page");`,
  );
  await put("vendor/slow/package.json", {
    name: "slow",
    version: "1.0.0",
    scripts: { install: "node install.js" },
  });
  await put(
    "vendor/slow/install.js",
    `require("node:fs").appendFileSync(process.env.INIT_CWD + "/installed.txt", "x");
     if (process.env.SLOW_INSTALL) { setTimeout(() => {}, 60_000); }`,
  );
  await put("package.json", {
    name: "charla",
    version: "1.0.0",
    type: "module",
    allowScripts: { slow: true },
    scripts: { start: "node scripts/start.mjs" },
    devDependencies: { vite: "file:vendor/vite", slow: "file:vendor/slow" },
  });
  const link = (name: string) => ({ resolved: `vendor/${name}`, link: true });
  await put("package-lock.json", {
    name: "charla",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: {
      "": {
        name: "charla",
        version: "1.0.0",
        devDependencies: { vite: "file:vendor/vite", slow: "file:vendor/slow" },
      },
      "node_modules/slow": link("slow"),
      "node_modules/vite": link("vite"),
      "vendor/slow": { version: "1.0.0", dev: true, hasInstallScript: true },
      "vendor/vite": { version: "1.0.0", dev: true },
    },
  });
  await put("web/index.html", "<title>Charla</title>");
  await put(
    "src/cli.ts",
    `import { writeFileSync } from "node:fs";
     console.log("served", JSON.stringify(process.argv.slice(2)));
     if (process.env.STAYS) setInterval(() => {}, 1000);
     process.on("SIGTERM", () => { console.log("asked to stop"); writeFileSync("stopped.txt", ""); process.exit(7); });
     process.on("SIGINT", () => { console.log("interrupted"); process.exit(8); });`,
  );
  return root;
}

const launch = (root: string, env: NodeJS.ProcessEnv = {}, args: readonly string[] = []) =>
  start(process.execPath, ["scripts/start.mjs", ...args], {
    cwd: root,
    input: "",
    env: { HOME: root, npm_config_cache: join(root, ".npm"), ...env },
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
    expect(first.stdout).toMatch(/Dependencies[^\n]*\n✓ Dependencies.* s\)\n· Page[^\n]*\n✓ Page/);
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
    writeFileSync(lock, readFileSync(lock, "utf8").replaceAll('"1.0.0","dev"', '"1.0.1","dev"'));
    for (const name of ["slow", "vite"]) {
      const file = join(root, "vendor", name, "package.json");
      writeFileSync(file, readFileSync(file, "utf8").replace("1.0.0", "1.0.1"));
    }
    expectServed(await run(root));
    expect(done(root)).toEqual([4, 2]);
  });

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
    const { code, stderr } = await run(root, { PATH: folder });
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
      (content.packages?.[""] ?? content).devDependencies["far-away"] = "1.0.0";
      if (content.packages) content.packages[name] = { version: "1.0.0", dev: true };
      writeFileSync(path, JSON.stringify(content));
    }
    const { code, stderr } = await run(root, {
      LANG: "es_ES.UTF-8",
      npm_config_registry: `http://127.0.0.1:${port}`,
      npm_config_fetch_retries: "0",
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/No se pudo llegar al registro de npm[\s\S]*→ Comprueba la red/);
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

it("locks the packages of every platform, and no registry's address", () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const missing = Object.entries<{ optionalDependencies?: object }>(packages).flatMap(
    ([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => {
        const nested = path === "" ? "" : `${path}/node_modules/${name}`;
        return !packages[nested] && !packages[`node_modules/${name}`];
      }),
  );
  expect(missing).toEqual([]);
  expect(Object.values<{ resolved?: string }>(packages).filter(({ resolved }) => resolved)).toEqual(
    [],
  );
});
