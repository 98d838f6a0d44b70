/**
 * Finds a Chromium or Chrome for the tests: `CHARLA_CHROME`, an installed one, the one of
 * Playwright's cache; else Playwright fetches it, else the system's packages when root.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ROOT, run, step, t } from "./terminal.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const ELSEWHERE = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  `${process.env.PROGRAMFILES}\\Google\\Chrome\\Application\\chrome.exe`,
];

/**
 * @param node path of the Node that runs Playwright
 * @returns path of a browser that starts, or undefined
 */
export async function findBrowser(node) {
  return installed(node) ?? (await step(t("setup.browser"), () => fetchBrowser(node)));
}

function installed(node) {
  const own = process.env.CHARLA_CHROME;
  // Somebody who names one wants that one or an error, not another.
  if (own) return works(own) ? own : undefined;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, ...ELSEWHERE, playwrights(node)].find(works);
}

/** Where Playwright keeps, or would keep, its own. */
function playwrights(node) {
  const script = 'console.log(require("playwright-core").chromium.executablePath())';
  return execFileSync(node, ["-e", script], { cwd: ROOT, encoding: "utf8" }).trim();
}

/** A browser whose libraries are missing is there but does not start. */
function works(path) {
  if (!existsSync(path)) return false;
  try {
    execFileSync(path, ["--version"], { stdio: "ignore", timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

async function fetchBrowser(node) {
  const playwright = join(ROOT, "node_modules", "playwright-core", "cli.js");
  await run(node, [playwright, "install", "chromium"]);
  if (!installed(node) && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update"], { env });
    await run("apt-get", ["install", "--yes", "--no-install-recommends", "chromium"], { env });
  }
  return installed(node);
}
