/**
 * How every other program is started: with none of the secrets that stand in this one's environment
 * (keys, tokens, addresses with passwords), by an absolute path, and never in a folder where
 * somebody else may have put a file that it would run or load.
 *
 * Node's own `--permission` is not used for the model process: what could be attacked there is
 * native code, which that does not hold back.
 */
import {
  type ChildProcess,
  type ChildProcessByStdio,
  fork as forkNode,
  type StdioOptions,
  spawn,
} from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Where programs, a user's settings and temporary files are, and the language. */
const NAMES = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TERM"],
  ...["TMPDIR", "TEMP", "TMP", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"],
  ...["SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "APPDATA", "LOCALAPPDATA"],
  ...["PROGRAMDATA", "PROGRAMFILES", "SYSTEMDRIVE", "NUMBER_OF_PROCESSORS"],
  ...["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "HSA_OVERRIDE_GFX_VERSION"],
];
/** Settings of GPUs and their drivers, of llama.cpp; and how a test's process is to die. */
const PREFIXES = [
  ...["LC_", "CUDA_", "NVIDIA_", "HIP_", "ROCR_", "VK_", "MESA_", "OMP_", "GOMP_"],
  ...["GGML_", "LLAMA_", "NODE_LLAMA_CPP_", "CHARLA_TEST_"],
];

/** Ways out of the network, whose certificates are believed, and pip's index; with a password, maybe. */
const NETWORK =
  /^((HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|PIP_.*)$/;

/** @param network whether the child asks other machines for something */
export function environment(network = false): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => {
    // Windows does not tell cases apart, and proxies are written in both.
    const upper = name.toUpperCase();
    const known = NAMES.includes(upper) || PREFIXES.some((prefix) => upper.startsWith(prefix));
    return known || (network && NETWORK.test(upper));
  });
  return Object.fromEntries(own);
}

/** Of Node's own program: whoever may write there needs no trick. */
export const SAFE_FOLDER = dirname(process.execPath);

/**
 * Ctrl-C goes to every process that the terminal knows as one job: it would end a child that has
 * just begun and heeds no signals yet, and what was to be stopped by its parent would fail instead.
 */
const APART = { detached: true, windowsHide: true } as const;

/** A file of ours as a process of its own that can be talked with. */
export function fork(
  program: URL,
  args: readonly string[],
  { flags = [], ...options }: Forked,
): ChildProcess {
  return forkNode(program, args, {
    ...{ ...options, ...APART },
    ...{ execArgv: [...flags], env: environment() },
  });
}

export interface Forked {
  readonly stdio: StdioOptions;
  readonly serialization?: "json" | "advanced";
  /** Of Node itself: what the child may not do, and how much memory it may have. */
  readonly flags?: readonly string[];
}

/** What a file of ours prints as a program of its own. */
export async function outputOf(program: string, signal?: AbortSignal): Promise<string> {
  const options = { ...APART, env: environment(), ...(signal && { signal }) };
  const child = spawn(process.execPath, [program], {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  const [printed, complaint] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (child.exitCode === 0) return printed;
  throw new Error(`${program} ended with ${child.exitCode ?? child.signalCode}: ${complaint}`);
}

export interface Bounds {
  /** Milliseconds of the wall clock, after which it is killed. */
  readonly ms: number;
  /** Of its heap, in MiB; what is beside it a program has to bound by itself. */
  readonly heapMiB: number;
  /** Bytes that it may print. */
  readonly maxBytes: number;
  /** Folders and files that it may read; it may write none. */
  readonly reads: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * What a file of ours prints that works on what nobody trusts: with no environment, no way to start
 * anything, the files that are named and no others, and an end. Node's permissions hold back a mistake
 * of ours; the border is what the program runs the untrusted in.
 *
 * @throws Error "killed" when a bound was reached; the signal's reason
 */
export async function isolated(program: URL, input: string, bounds: Bounds): Promise<string> {
  const { heapMiB, reads } = bounds;
  const file = fileURLToPath(program);
  const args = [
    "--permission",
    ...[file, ...reads].map((path) => `--allow-fs-read=${path}`),
    ...[`--max-old-space-size=${heapMiB}`, "--disable-proto=delete", file],
  ];
  const child = spawn(process.execPath, args, {
    ...APART,
    env: {},
    stdio: ["pipe", "pipe", "ignore"],
  });
  return printedBy(child, input, bounds);
}

export interface ProgramBounds extends Pick<Bounds, "ms" | "maxBytes" | "signal"> {
  /** Of all its memory, as far as the system tells. */
  readonly memoryBytes: number;
  /** Beside what every child is told. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * The same of another program, by its path and without a shell.
 *
 * @throws Error "killed" when a bound was reached or it failed; the signal's reason
 */
export async function filtered(
  path: string,
  args: readonly string[],
  input: Uint8Array,
  bounds: ProgramBounds,
): Promise<string> {
  const child = spawn(path, args, {
    ...APART,
    cwd: SAFE_FOLDER,
    env: { ...environment(), ...bounds.environment },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const hungry = setInterval(async () => {
    if ((await memoryOf(child.pid)) > bounds.memoryBytes) child.kill("SIGKILL");
  }, LOOK_MS);
  try {
    return await printedBy(child, input, bounds);
  } finally {
    clearInterval(hungry);
  }
}

async function printedBy(
  child: ChildProcessByStdio<Writable, Readable, null>,
  input: string | Uint8Array,
  { ms, maxBytes, signal }: Pick<Bounds, "ms" | "maxBytes" | "signal">,
): Promise<string> {
  const kill = () => void child.kill("SIGKILL");
  const timer = setTimeout(kill, ms);
  signal.addEventListener("abort", kill);
  if (signal.aborted) kill();
  try {
    const ended = once(child, "close");
    child.stdin.on("error", () => {}); // it may be gone before it has read all
    child.stdin.end(input);
    let printed = "";
    for await (const piece of child.stdout.setEncoding("utf8")) {
      printed += piece;
      if (printed.length > maxBytes) kill();
    }
    await ended;
    signal.throwIfAborted();
    if (child.exitCode !== 0 || printed.length > maxBytes) throw new Error("killed");
    return printed;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
    kill();
  }
}

const LOOK_MS = 200;
/** Linux's; other systems have no such file. */
const PAGE_BYTES = 4096;

/** Bytes that a process has in memory; 0 where the system does not tell. */
export async function memoryOf(pid: number | undefined): Promise<number> {
  const pages = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
  return Number(pages.split(" ")[1] ?? 0) * PAGE_BYTES;
}

/**
 * Where a program is that is named without its folder. The system would look in the current folder
 * as well: Windows always, others where the path has an empty or a relative entry.
 */
export function find(name: string): string | undefined {
  const { PATH = "", PATHEXT = ".EXE;.CMD;.BAT" } = environment();
  const endings = process.platform === "win32" ? PATHEXT.split(";") : [""];
  const folders = PATH.split(delimiter).filter((folder) => isAbsolute(folder));
  const paths = folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending)));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  });
}
