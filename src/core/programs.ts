/** Programs of others that are talked with by lines: how they are started, and what they said last. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { environment } from "./children.ts";

/** Characters of what was said last: enough for a reason. */
const LAST = 8000;

export type Child = ChildProcessByStdio<Writable, Readable, Readable> & {
  /** The end of its standard error. */
  readonly lastWords: () => string;
};

export interface Start {
  readonly cwd: string;
  /** It asks other machines for something. */
  readonly network?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
}

export function start(program: string, args: readonly string[], options: Start): Child {
  const { cwd, network = false, env, signal } = options;
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...environment(network), ...env },
    ...{ cwd, detached: true, windowsHide: true, killSignal: "SIGKILL" },
    ...(signal && { signal }),
  });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-LAST);
  });
  // Whoever waits for its end hears of it; without a listener it would end Charla.
  child.on("error", (error) => {
    words += `\n${error.message}`;
  });
  child.stdin.on("error", () => {});
  return Object.assign(child, { lastWords: () => words });
}

/** @returns its exit code, null when a signal or nothing at all ended it */
export async function ended(child: Child): Promise<number | null> {
  if (child.pid === undefined) return null;
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  return child.exitCode;
}

/** What a short program prints. */
export async function printed(
  program: string,
  args: readonly string[],
  options: Start,
): Promise<{ readonly code: number | null; readonly text: string; readonly words: string }> {
  const child = start(program, args, options);
  child.stdin.end();
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  return { code: await ended(child), text, words: child.lastWords() };
}
