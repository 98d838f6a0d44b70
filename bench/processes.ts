/**
 * Programs that the benchmark starts: each leads a process group of its own, can be taken off the
 * processor, and ends with the benchmark, also at Ctrl-C.
 */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const running = new Set<ChildProcess>();

export interface Program {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Calls for each line on standard output from now on. */
  onLine(listener: (line: string) => void): void;
  /** The last of what it wrote to standard error. */
  complaint(): string;
  /** Rejects when the program ends by itself. */
  readonly gone: Promise<never>;
  /** Resolves when it ends as it should, with status 0. */
  readonly ended: Promise<void>;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** How much of a program's last words is kept, in characters. */
const COMPLAINT = 600;

export function launch(
  command: string,
  args: readonly string[],
  options: Pick<SpawnOptions, "env" | "cwd"> = {},
): Program {
  const child = spawn(command, args, { ...options, detached: true, stdio: "pipe" });
  running.add(child);
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = (complaint + chunk).slice(-COMPLAINT);
  });
  child.stdin.on("error", () => {}); // it has ended, which `gone` tells
  const lines = createInterface(child.stdout);
  const gone = Promise.withResolvers<never>();
  const ended = Promise.withResolvers<void>();
  // Who waits for the program hears of it.
  for (const { promise } of [gone, ended]) promise.catch(() => {});
  const fail = (error: Error) => {
    gone.reject(error);
    ended.reject(error);
  };
  child.on("error", fail);
  child.on("close", (code, signal) => {
    running.delete(child);
    if (code === 0) ended.resolve();
    fail(new Error(`${command} ended with ${code ?? signal}: ${complaint.trim()}`));
  });
  const send = (signal: NodeJS.Signals) => kill(child, signal);
  return {
    child,
    pid: child.pid ?? 0,
    onLine: (listener) => void lines.on("line", listener),
    complaint: () => complaint.trim(),
    gone: gone.promise,
    ended: ended.promise,
    signal: send,
    async stop() {
      if (!running.has(child)) return;
      const closed = once(child, "close");
      send("SIGCONT");
      send("SIGTERM");
      const patience = setTimeout(() => send("SIGKILL"), STOP_MS);
      await closed;
      clearTimeout(patience);
      send("SIGKILL"); // what it has started and left behind
    },
  };
}

const STOP_MS = 3000;

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended.
  }
}

/** The first line that matches; rejects when the program ends or takes too long. */
export async function line(program: Program, pattern: RegExp, timeoutMs: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  program.onLine((text) => pattern.test(text) && resolve(text));
  return within(timeoutMs, program, promise);
}

/** Waits for something of a program's, no longer than it lives and than the time given. */
export async function within<T>(ms: number, program: Program, what: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () => reject(new Error(`not ready after ${ms / 1000} s: ${program.complaint()}`));
  const timer = setTimeout(late, ms);
  try {
    return await Promise.race([what, program.gone, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Polls an address of a program's until it answers with 200. */
export async function answers(
  url: string,
  program: Program,
  timeoutMs: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const late = AbortSignal.timeout(timeoutMs);
  const ready = async () => {
    for (let status = 0; status !== 200; await sleep(20, undefined, { signal: late })) {
      status = await fetch(url, { headers, signal: late }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        () => 0,
      );
    }
  };
  await within(timeoutMs, program, ready());
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export function killAll(): void {
  for (const child of running) kill(child, "SIGKILL");
}
process.on("exit", killAll);
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => process.exit(code));
}
