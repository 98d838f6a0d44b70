/**
 * Everything between a fresh clone and a program that runs: dependencies and the page. Each part
 * is skipped when it is already there, and repeated when it was interrupted.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findNode, installNode } from "../bin/runtime.mjs";
import { ROOT, run, SetupError, step, t } from "./terminal.mjs";

const OLDEST_NODE = 20;
const MODULES = join(ROOT, "node_modules");
const PAGE = join(ROOT, "dist", "web");
/** Hash of what the page was built from; written last, removed first. */
const PAGE_STAMP = `${PAGE}.sha256`;

/** @returns path of the Node that runs Charla */
export async function setUp() {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    throw new SetupError("nodeTooOld", { version: process.versions.node, oldest: OLDEST_NODE });
  }
  if (!installed()) await step(t("setup.dependencies"), installDependencies);
  const node = findNode() ?? (await step(t("setup.runtime"), fetchNode));
  const inputs = pageInputs();
  if (stampOf(PAGE_STAMP) !== inputs || !existsSync(join(PAGE, "index.html"))) {
    await step(t("setup.page"), () => buildPage(node, inputs));
  }
  return node;
}

/**
 * Whether npm's own record of what it installed, which it writes last, has what the lock asks for.
 * Packages for other systems are optional and absent.
 */
export function installed(modules = MODULES, lockFile = join(ROOT, "package-lock.json")) {
  const { packages: wanted } = JSON.parse(readFileSync(lockFile, "utf8"));
  let found;
  try {
    found = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")).packages;
  } catch {
    return false; // Absent or damaged: the installation did not end.
  }
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === "" || (optional && !found[path])) return true;
    return found[path]?.version === version && found[path]?.integrity === integrity;
  });
}

const NPM_FAILURES = {
  diskFull: /ENOSPC/,
  notWritable: /EACCES|EPERM|EROFS/,
  registry: /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|network/,
  lockMismatch: /npm ci.*can only install|EUSAGE/,
};

async function installDependencies() {
  // `npm start` says which npm and Node it is, so that the same ones are used.
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const [command, first] = npm && node ? [node, [npm]] : ["npm", []];
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  // Twelve seconds of trying, not npm's seventy, until the network is called unreachable.
  args.push("--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=10000");
  const env = { ...process.env, NODE_LLAMA_CPP_SKIP_DOWNLOAD: "true" };
  const result = await run(command, [...first, ...args], { env }).catch((error) => {
    if (error.code === "ENOENT") throw new SetupError("npmMissing");
    throw error;
  });
  if (result.signal) throw new SetupError("interrupted");
  if (result.code === 0) return;
  const known = Object.entries(NPM_FAILURES).find(([, pattern]) => pattern.test(result.output));
  throw new SetupError(known?.[0] ?? "npmFailed", { folder: ROOT }, result.output);
}

async function fetchNode() {
  try {
    return installNode();
  } catch {
    throw new SetupError("runtimeMissing");
  }
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
