/**
 * `npm test`: sets up what is missing, then runs every check and every suite. The last line says
 * `N passed, N failed`. Arguments after `--` go to Vitest, which then runs alone.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { findBrowser } from "./browser.mjs";
import { findOcr } from "./ocr.mjs";
import { findPython, installClients, installWorker } from "./python.mjs";
import { findModel, setUp } from "./setup.mjs";
import { ROOT, run, SetupError, t, tell } from "./terminal.mjs";

const inCI = process.env.CI === "true";
const filters = process.argv.slice(2);

/** Of the property-based tests in CI: what fails there is what a change broke, not what it drew. */
const SEED = "20260802";

/** Name and arguments of Node for each check; all of them run, whichever fails. */
const CHECKS = {
  "biome check": ["node_modules/@biomejs/biome/bin/biome", "check"],
  tsc: ["node_modules/typescript/bin/tsc", "--noEmit"],
  "tsc -p web": ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "web"],
  knip: ["node_modules/knip/bin/knip.js"],
  "npm run count": ["scripts/count.ts"],
  "npm run licences": ["scripts/licences.ts"],
};

await tell(async () => {
  const python = await findPython();
  // Takes a minute of waiting, beside what follows; its suite waits for it, and tells what went wrong.
  const clients = python ? installAll().catch(() => {}) : undefined;
  const node = await setUp({ tests: true });
  const model = await findModel(node).catch(understood);
  const browser = await findBrowser(node);
  if (!(await findOcr())) console.log(t("test.noOcr"));
  const whole = filters.length === 0;
  const parts = whole && browser ? fetchParts(node) : undefined;
  const voice = whole && (model || browser) ? fetchVoice(node) : undefined;
  const postgres = process.env.CHARLA_TEST_POSTGRES || "postgres://postgres@127.0.0.1:5432/test";
  const runtime = whole && model ? fetchRuntime(node) : undefined;
  const missing = {
    ...(python ? {} : { "with-python": t("test.noPython") }),
    ...((await answers(postgres)) ? {} : { "with-postgres": noPostgres(postgres) }),
    ...(model ? {} : { "with-model": t("test.noModel") }),
    ...(browser ? {} : { "with-browser": t("test.noBrowser") }),
  };
  const total = { passed: 0, failed: 0, skipped: 0 };
  const add = (counts) => {
    for (const [name, count] of Object.entries(counts)) total[name] += count;
  };

  if (filters.length === 0) {
    for (const [name, args] of Object.entries(CHECKS)) add(await check(node, name, args));
  }
  await Promise.all([clients, parts, voice, runtime]);
  const all = ["unit", "with-python", "with-postgres", "with-model", "with-browser"];
  const suites = all.filter((suite) => !missing[suite]);
  if (inCI) process.env.CHARLA_TEST_SEED ??= SEED;
  if (process.env.CHARLA_TEST_SEED) console.log(`CHARLA_TEST_SEED=${process.env.CHARLA_TEST_SEED}`);
  const found = { CHARLA_TEST_MODEL: model ?? "", CHARLA_CHROME: browser ?? "" };
  const env = { ...process.env, ...found, CHARLA_TEST_POSTGRES: postgres };
  add(await vitest(node, suites, env));

  for (const [suite, reason] of Object.entries(missing)) {
    console.log(t("test.skipped", { suite, reason }));
    if (inCI) total.failed += 1;
  }
  if (inCI && total.skipped > 0) {
    console.log(t("test.noSkips"));
    total.failed += total.skipped;
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed > 0 ? 1 : 0;
});

/** Every list of packages that a suite with Python has. */
async function installAll() {
  for (const suite of ["with-python", "with-model"]) {
    const folder = join(ROOT, "tests", suite);
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    for (const name of names.filter((one) => one.endsWith("requirements.txt")))
      await installClients(pathToFileURL(join(folder, name)));
  }
  await installWorker();
}

/** 109 MB, of which a test in the browser keeps the few that it proves with; it tells what went wrong. */
function fetchParts(node) {
  const home = join(ROOT, "node_modules", ".cache", "membership");
  const env = { ...process.env, CHARLA_HOME: home };
  return run(node, ["src/cli.ts", "membership", "setup"], { env });
}

/** 320 MB that hear and speak in both languages, kept for the next time; it tells what went wrong. */
function fetchVoice(node) {
  const home = join(ROOT, "node_modules", ".cache", "voice");
  const env = { ...process.env, CHARLA_HOME: home };
  const parts = ["opus", "whisper-base", "piper-joe", "kokoro-dora"];
  return run(node, ["src/cli.ts", "voice", "setup", ...parts], { env });
}

/** 114 MB that run models in ONNX, kept for the next time; it tells what went wrong. */
function fetchRuntime(node) {
  const home = join(ROOT, "node_modules", ".cache", "onnx");
  return run(node, ["src/cli.ts", "onnx", "setup"], { env: { ...process.env, CHARLA_HOME: home } });
}

/** A missing model skips suites; anything that is not understood is a bug. */
function understood(error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.output);
}

/** Whether a PostgreSQL server lets us in; where none does, the suites are skipped aloud. */
async function answers(postgres) {
  const { Client } = (await import("pg")).default;
  const client = new Client({ connectionString: postgres, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** The address without user and password. */
const noPostgres = (postgres) => t("test.noPostgres", { place: new URL(postgres).host });

async function check(node, name, args) {
  const began = Date.now();
  const { code, output } = await run(node, args);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`${code === 0 ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (code === 0) return { passed: 1 };
  console.log(output);
  return { failed: 1 };
}

async function vitest(node, suites, env) {
  const folder = mkdtempSync(join(tmpdir(), "charla-test-"));
  const report = join(folder, "report.json");
  try {
    const args = ["node_modules/vitest/vitest.mjs", "run", "--reporter=default"];
    args.push("--reporter=json", `--outputFile.json=${report}`, ...filters);
    // Whatever waits for another process may wait too long on a machine that others use as well.
    if (inCI) args.push("--retry=1");
    for (const suite of suites) args.push("--project", suite);
    const { code } = await run(node, args, { env, stdio: "inherit" });
    const result = JSON.parse(readFileSync(report, "utf8"));
    const failed = result.numFailedTests;
    for (const { assertionResults } of result.testResults) {
      for (const { fullName, status, failureMessages } of assertionResults) {
        if (status !== "passed" || failureMessages.length === 0) continue;
        console.log(t("test.secondTry", { name: fullName, reason: failureMessages[0] }));
      }
    }
    return {
      passed: result.numPassedTests,
      // A file that does not load, or an error outside of all tests, has no test that failed.
      failed: code !== 0 && failed === 0 ? 1 : failed,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch (error) {
    // Vitest ended before it wrote a report.
    if (error.code !== "ENOENT") throw error;
    return { failed: 1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
