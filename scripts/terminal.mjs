/**
 * What the set-up says and how it runs programs. Plain JavaScript without dependencies, for the
 * system's Node 20: it works before anything is installed.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const locale = process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || "";
const language = locale.toLowerCase().startsWith("es") ? "es" : "en";
const texts = JSON.parse(readFileSync(`${ROOT}/src/locales/cli.${language}.json`, "utf8"));

/** A text in the terminal's language, from the same files that the command line uses. */
export function t(key, params = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? whole));
}

/** A failure that is understood: told without a stack trace, together with what to do. */
export class SetupError extends Error {
  /** @param output what the program printed, if it helps */
  constructor(key, params = {}, output = "") {
    super(t(`setup.${key}`, params));
    this.hint = t(`setup.${key}.hint`, params);
    this.output = output;
  }
}

/** Runs `main` and ends the process with its exit code, or tells what went wrong. */
export async function tell(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    if (error.output) console.error(error.output.trimEnd());
    console.error(`${error.message}\n${t("cli.hint", { hint: error.hint })}`);
    process.exitCode = 1;
  }
}

/**
 * npm runs this by way of a shell, which a signal to npm ends without passing it on. Nothing else
 * would tell that nobody waits any more.
 */
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, 250);
  watch.unref();
}

/** How often a terminal is drawn, and how often a file or a pipe gets another line. */
const DRAWN_MS = 250;
const WRITTEN_MS = 30_000;

/**
 * Prints what is being done, how far it is while it lasts, and how long it took.
 *
 * @param work is given a function to which it says how far it is, as a text
 */
export async function step(name, work) {
  const began = Date.now();
  const { isTTY, columns } = process.stdout;
  const format = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const seconds = () => ((Date.now() - began) / 1000).toLocaleString(language, format);
  let far = "";
  const still = () => {
    const line = t(far ? "setup.far" : "setup.still", { name, far, seconds: seconds() });
    if (isTTY) process.stdout.write(`\r\x1b[K${line.slice(0, (columns || 80) - 1)}`);
    else console.log(line);
  };
  if (isTTY) still();
  else console.log(t("setup.doing", { name }));
  const heartbeat = setInterval(still, isTTY ? DRAWN_MS : WRITTEN_MS);
  let clear = isTTY ? "\r\x1b[K" : "";
  try {
    const result = await work((text) => {
      far = text;
    });
    process.stdout.write(`${clear}${t("setup.done", { name, seconds: seconds() })}\n`);
    clear = "";
    return result;
  } finally {
    clearInterval(heartbeat);
    process.stdout.write(clear);
  }
}

/**
 * Runs a program to its end. Signals that come to this process alone are passed on to it.
 *
 * @param options for `spawn`; `stdio: "inherit"` shows the output instead of collecting it, `onLine`
 *   is given each line of standard error while it comes
 * @returns exit code, the signal that ended it or was passed on, and the output, if collected
 */
export function run(command, args, { onLine, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      // npm is a `.cmd` on Windows, which only a shell can start.
      shell: process.platform === "win32" && command === "npm",
      ...options,
    });
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    if (onLine) createInterface(child.stderr).on("line", onLine);
    let received;
    const pass = (signal) => {
      received = signal;
      child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, pass);
    const free = () => {
      for (const signal of signals) process.off(signal, pass);
    };
    child.on("error", (error) => {
      free();
      reject(error);
    });
    child.on("close", (code, signal) => {
      free();
      const output = Buffer.concat(chunks).toString();
      const status = code ?? 128 + constants.signals[signal];
      resolve({ code: status, signal: signal ?? received, output });
    });
  });
}

/** Runs npm, the same one that runs this if one does. Throws where there is none. */
export async function npm(args, options = {}) {
  // `npm start` says which npm and Node it is, so that the same ones are used.
  const { npm_execpath: path, npm_node_execpath: node } = process.env;
  const [command, first] = path && node ? [node, [path]] : ["npm", []];
  return run(command, [...first, ...args], options).catch((error) => {
    if (error.code === "ENOENT") throw new SetupError("npmMissing");
    throw error;
  });
}
