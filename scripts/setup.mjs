/**
 * Everything between a fresh clone and a program that runs: dependencies and the page. Each part
 * is skipped when it is already there, and repeated when it was interrupted.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findNode } from "../bin/runtime.mjs";
import { setUpGpu } from "./card.mjs";
import { npm, ROOT, run, SetupError, step, t } from "./terminal.mjs";

const OLDEST_NODE = 20;
const MODULES = join(ROOT, "node_modules");
const LOCK = join(ROOT, "package-lock.json");
const PAGE = join(ROOT, "dist", "web");
/** Hash of what the page was built from; written last, removed first. */
const PAGE_STAMP = `${PAGE}.sha256`;

/**
 * @param tests whether the tools of the tests are wanted, too; a start does without
 * @returns path of the Node that runs Charla
 */
export async function setUp({ tests = false } = {}) {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    throw new SetupError("nodeTooOld", { version: process.versions.node, oldest: OLDEST_NODE });
  }
  if (!installed({ tests })) {
    const size = tests ? "800" : "500";
    await step(t("setup.dependencies", { size }), (far) => installDependencies(tests, far));
    const { kind, there } = await setUpGpu();
    console.log(there ? t("setup.gpuNow", { kind }) : t("setup.gpuNone"));
  }
  const node = findNode();
  if (!node) throw new SetupError("runtimeMissing");
  const inputs = pageInputs();
  if (stampOf(PAGE_STAMP) !== inputs || !existsSync(join(PAGE, "index.html"))) {
    await step(t("setup.page"), () => buildPage(node, inputs));
  }
  return node;
}

/**
 * Whether npm's own record of what it installed, which it writes last, has what the lock asks for.
 */
export function installed({ tests = false, modules = MODULES, lockFile = LOCK } = {}) {
  const { packages: wanted } = JSON.parse(readFileSync(lockFile, "utf8"));
  let found;
  try {
    found = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")).packages;
  } catch {
    return false; // Absent or damaged: the installation did not end.
  }
  return Object.entries(wanted).every(([path, { version, integrity, ...kind }]) => {
    if (path === "" || (mayLack(kind, tests) && !found[path])) return true;
    const there = found[path];
    return there !== undefined && there.version === version && there.integrity === integrity;
  });
}

/** Packages for other systems, and for a start those of the tests. */
const mayLack = ({ optional, dev, devOptional }, tests) =>
  optional || devOptional || (dev && !tests);

const NPM_FAILURES = {
  diskFull: /ENOSPC/,
  notWritable: /EACCES|EPERM|EROFS/,
  registry: /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|network/,
  lockMismatch: /npm ci.*can only install|EUSAGE/,
};

/** What npm says of each file that it has fetched, from the network or from its cache. */
const FETCHED = /^npm http .*\.tgz/;

async function installDependencies(tests, far) {
  const { packages } = JSON.parse(readFileSync(LOCK, "utf8"));
  const all = Object.entries(packages).filter(([path, kind]) => path && !mayLack(kind, tests));
  let fetched = 0;
  const onLine = (line) => {
    if (!FETCHED.test(line)) return;
    fetched = Math.min(fetched + 1, all.length);
    far(t("setup.packages", { done: fetched, total: all.length }));
  };
  const args = ["ci", tests ? "--include=dev" : "--omit=dev", "--ignore-scripts", "--no-audit"];
  // Twelve seconds of trying, not npm's seventy, until the network is called unreachable.
  args.push("--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=10000");
  const result = await npm([...args, "--no-fund", "--loglevel=http"], { onLine });
  const output = result.output.replace(/^npm (http|warn|notice) .*\n?/gm, "");
  if (result.signal) throw new SetupError("interrupted");
  if (result.code === 0) return;
  const known = Object.entries(NPM_FAILURES).find(([, pattern]) => pattern.test(output));
  throw new SetupError(known?.[0] ?? "npmFailed", { folder: ROOT }, output);
}

/** What the page is made of: its own files, the translations that it shares, the libraries. */
function pageInputs() {
  const files = (folder, ending) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const hash = createHash("sha256");
  const lock = join(ROOT, "package-lock.json");
  for (const path of [lock, ...files("web", ""), ...files("src", ".json")].sort()) {
    hash
      .update(`${path.slice(ROOT.length)}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  return hash.digest("hex");
}

function stampOf(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

async function buildPage(node, inputs) {
  rmSync(PAGE_STAMP, { force: true });
  const vite = join(MODULES, "vite", "bin", "vite.js");
  const config = join(ROOT, "web", "vite.config.ts");
  const { code, signal, output } = await run(node, [vite, "build", "--config", config]);
  if (signal) throw new SetupError("interrupted");
  if (code !== 0) {
    throw new SetupError(
      /ENOSPC/.test(output) ? "diskFull" : "pageFailed",
      { folder: ROOT },
      output,
    );
  }
  writeFileSync(PAGE_STAMP, inputs);
}

/**
 * Path of the model that answers by default, downloaded first if need be. Its progress is shown.
 *
 * @throws SetupError when it cannot be had; the reason has been printed
 */
export async function findModel(node) {
  const stdio = ["ignore", "pipe", "inherit"];
  const { code, signal, output } = await run(node, ["scripts/model.ts"], { stdio });
  if (signal) throw new SetupError("interrupted");
  if (code !== 0) throw new SetupError("modelMissing");
  return output.trim();
}
