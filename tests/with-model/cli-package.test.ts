import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ended, environment, printed, ROOT, start, temporary } from "../fixtures/charla.ts";
import { starterModel } from "./model.ts";

const PROGRAM = `
import { CharlaError, startLlama, toLanguageModel } from "charla";

const [path = ""] = process.argv.slice(2);
const engine = await startLlama({ path, id: "mine", name: "Mine" });
const model = toLanguageModel(engine);
const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "Say hello." }] }];
const { usage } = await model.doGenerate({ prompt, maxOutputTokens: 1 });
const tools = [{ type: "function" as const, name: "clock", inputSchema: {} }];
try {
  await model.doGenerate({ prompt, tools });
} catch (thrown) {
  if (!(thrown instanceof CharlaError)) throw thrown;
  console.log(\`\${usage.outputTokens.total} tokens, \${thrown.code}: \${thrown.params.what}\`);
}
await engine.close();
`;

it("the packed package works in an empty folder with an empty home", {
  timeout: 600_000,
}, async () => {
  const [tarball, folder, HOME] = [temporary(), temporary(), temporary()];
  const packed = await ended(start("npm", ["pack", "--pack-destination", tarball], { input: "" }));
  expect(packed.code, packed.stderr).toBe(0);
  const [file = ""] = readdirSync(tarball);

  // Without the libraries for graphics cards, which a start here leaves out, too: they are 600 MB.
  const { overrides } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ overrides }));
  const npm = environment({ HOME, NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS });
  const args = ["install", "--no-audit", "--no-fund", "--prefer-offline", join(tarball, file)];
  // The packages were just fetched for this clone; its cache has them.
  const cache = process.env.npm_config_cache;
  const env = cache ? { ...npm, npm_config_cache: cache } : npm;
  const installed = await ended(start("npm", args, { cwd: folder, env, input: "" }));
  expect(installed.code, installed.stderr).toBe(0);

  const home = join(HOME, "data");
  mkdirSync(join(home, "models"), { recursive: true });
  symlinkSync(starterModel(), join(home, "models", "SmolLM2-135M-Instruct.Q4_1.gguf"));
  const options = { cwd: folder, env: { HOME, CHARLA_ENGINE: "", CHARLA_HOME: home }, input: "" };
  const charla = join(folder, "node_modules", ".bin", "charla");

  const version = await ended(start(charla, ["--version"], options));
  expect(version).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringMatching(/^\d+\.\d+/),
  });
  const question = { ...options, input: "Say hello." };
  const answer = await ended(start(charla, ["chat", "--max-tokens", "10"], question));
  expect(answer).toMatchObject({ code: 0, stderr: "" });
  expect(answer.stdout.trim()).not.toBe("");
  const doctor = await ended(start(charla, ["doctor"], options));
  expect(doctor.stdout).toMatch(/✓ GPU/);

  // As `npx charla` does, with nothing after it.
  const served = { ...options, env: { ...options.env, CHARLA_PORT: "0" } };
  // What the package is for other programs, with its types.
  writeFileSync(join(folder, "program.mts"), PROGRAM);
  const node = join(folder, "node_modules", ".bin", "node");
  const program = await ended(start(node, ["program.mts", starterModel()], options));
  expect(program).toMatchObject({ code: 0, stderr: "", stdout: "1 tokens, text_only: tools\n" });
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const flags = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext"];
  const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules", "@types")];
  const checked = await ended(start(node, [tsc, ...flags, ...types, "program.mts"], options));
  expect(checked, checked.stdout).toMatchObject({ code: 0 });

  const server = start(charla, [], served);
  const [url = ""] = /http:\S+/.exec(await printed(server, /http:\S+\n/)) ?? [];
  expect(await (await fetch(url)).text()).toContain("<title>Charla");
  server.kill("SIGTERM");
  expect((await ended(server)).code).toBe(0);
});
