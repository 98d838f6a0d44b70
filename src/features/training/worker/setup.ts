/**
 * Sets the worker up in a folder of its own: an environment of the Python that is there, with the
 * packages of `training/*.lock`, each checked by its digest. Fetched first and unpacked then, so that
 * what was interrupted goes on where it was.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { find } from "../../../core/children.ts";
import { ended, printed, start } from "../../../core/programs.ts";
import { noPython, noRoom, setupFailed } from "../errors.ts";
import { converse, type Told } from "./conversation.ts";
import { bytesOf, PROGRAMS } from "./folder.ts";
import { hold } from "./hold.ts";

/** What is fetched, and what it takes on the disk when it is unpacked: measured on Linux. */
export const FETCHED_BYTES = 250e6;
export const UNPACKED_BYTES = 1_150e6;
/** Both lie there until the end. */
export const NEEDED_BYTES = FETCHED_BYTES + UNPACKED_BYTES;

/** Where the builds for the processor alone are, when the user's own index has none. */
const PYTORCH_INDEX = "https://download.pytorch.org/whl/cpu";
const LOCKS = ["torch.lock", "requirements.lock"] as const;
const LOOK_MS = 1500;

/**
 * Minor versions of Python 3 for which every package is there: on Linux with Intel or AMD, PyTorch for
 * the processor alone is listed for one.
 */
const ONLY_11 = process.platform === "linux" && process.arch === "x64";
const NEWEST = 14;
const WANTED = ONLY_11 ? "3.11" : `3.11 – 3.${NEWEST}`;
const NAMES =
  process.platform === "win32"
    ? ["python", "py"]
    : ["python3.11", ...(ONLY_11 ? [] : ["python3.14", "python3.13", "python3.12"]), "python3"];
const LOOK = "import ensurepip, venv, sys; print(sys.version_info[0], sys.version_info[1])";

export type Checked = Omit<Extract<Told, { type: "checked" }>, "type">;

/** What is known of a worker that is ready. */
export interface Ready extends Checked {
  /** SHA-256 of the lists that it was made from; null for an environment of the user's own. */
  readonly lock: string | null;
  /** Of the interpreter. */
  readonly path: string;
}

export interface Place {
  /** `ready`: can train; `partial`: begun; `old`: made from other lists than this version's. */
  readonly state: "absent" | "partial" | "old" | "ready";
  /** On the disk. */
  readonly bytes: number;
  readonly ready: Ready | null;
}

export const folderOf = (home: string): string => join(home, "training", "python");
const readyFile = (home: string) => join(home, "training", "worker.json");
const within = (venv: string) =>
  process.platform === "win32" ? join(venv, "Scripts/python.exe") : join(venv, "bin/python");

/** Without counting its many thousand files. */
export async function stateOf(home: string): Promise<Omit<Place, "bytes">> {
  const ready = await readFile(readyFile(home), "utf8").then(
    (text): Ready => JSON.parse(text),
    () => null,
  );
  if (ready && existsSync(ready.path)) {
    const same = ready.lock === null || ready.lock === (await lockDigest());
    return { state: same ? "ready" : "old", ready };
  }
  return { state: existsSync(folderOf(home)) ? "partial" : "absent", ready: null };
}

export async function placeOf(home: string): Promise<Place> {
  const found = await stateOf(home);
  const bytes = await bytesOf(folderOf(home));
  // What was begun and came to nothing (no Python) has left an empty folder.
  const state = found.state === "partial" && bytes === 0 ? "absent" : found.state;
  return { ...found, state, bytes };
}

async function lockDigest(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of LOCKS) hash.update(await readFile(join(PROGRAMS, name)));
  return hash.digest("hex");
}

/** Takes all of it away. @throws CharlaError `training_setup_runs` */
export async function remove(home: string): Promise<void> {
  if (!existsSync(join(home, "training"))) return;
  await using _held = await hold(join(home, "training"));
  await rm(readyFile(home), { force: true });
  await rm(folderOf(home), { recursive: true, force: true });
}

export interface SetUp {
  readonly home: string;
  /** An environment of the user's own that has the packages, for instance with CUDA. */
  readonly own?: string | undefined;
  freeBytes(folder: string): Promise<number>;
  progress(done: number, total: number): void;
  readonly signal: AbortSignal;
}

/** @throws CharlaError `training_no_python`, `training_no_room`, `training_setup_...` */
export async function setUp(wish: SetUp): Promise<Ready> {
  const { home, own, signal } = wish;
  await mkdir(join(home, "training"), { recursive: true });
  await using _held = await hold(join(home, "training"));
  if (own !== undefined) return settle(home, own, null, signal);
  const place = await placeOf(home);
  if (place.state === "ready" && place.ready) return place.ready;
  const folder = folderOf(home);
  await rm(readyFile(home), { force: true });
  if (place.state === "old") await rm(join(folder, "venv"), { recursive: true, force: true });
  await mkdir(join(folder, "tmp"), { recursive: true });
  const free = await wish.freeBytes(folder);
  const needed = NEEDED_BYTES - place.bytes;
  if (place.state !== "partial" && free < needed) throw noRoom(needed, free);
  // Files move while we look, so that it may see less than before.
  let most = 0;
  const look = setInterval(async () => {
    most = Math.max(most, Math.min(await bytesOf(folder), NEEDED_BYTES));
    if (!signal.aborted) wish.progress(most, NEEDED_BYTES);
  }, LOOK_MS);
  try {
    const venv = within(join(folder, "venv"));
    if (!existsSync(venv)) {
      const python = await findPython(home);
      await step("venv", python, ["-m", "venv", join(folder, "venv")], wish);
    }
    const wheels = join(folder, "wheels");
    const checked = ["--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check"];
    for (const lock of LOCKS) {
      const list = ["-r", join(PROGRAMS, lock)];
      const fetch = ["-m", "pip", "download", ...checked, "--only-binary", ":all:", "-d", wheels];
      const quiet = ["--progress-bar", "off", "--no-cache-dir"];
      await step(`pip download ${lock}`, venv, [...fetch, ...quiet, ...list], wish).catch(
        (thrown) => {
          if (lock !== "torch.lock" || signal.aborted) throw thrown;
          const there = ["--index-url", PYTORCH_INDEX];
          return step(`pip download ${lock}`, venv, [...fetch, ...quiet, ...there, ...list], wish);
        },
      );
    }
    const lists = LOCKS.flatMap((lock) => ["-r", join(PROGRAMS, lock)]);
    const offline = ["--no-index", "--find-links", wheels, "--no-compile", "--no-cache-dir"];
    await step(
      "pip install",
      venv,
      ["-m", "pip", "install", ...checked, ...offline, ...lists],
      wish,
    );
    const ready = await settle(home, venv, await lockDigest(), signal);
    for (const name of ["wheels", "tmp"])
      await rm(join(folder, name), { recursive: true, force: true });
    return ready;
  } finally {
    clearInterval(look);
  }
}

/** Lets it say what it has, and writes that down last: it is ready from then on. */
async function settle(
  home: string,
  python: string,
  lock: string | null,
  signal: AbortSignal,
): Promise<Ready> {
  const talk = { python, cwd: join(home, "training"), turn: async () => {}, signal };
  for await (const told of converse({ do: "check" }, talk)) {
    if (told.type !== "checked") continue;
    const { type: _type, ...checked } = told;
    const ready: Ready = { ...checked, lock, path: python };
    await writeFile(readyFile(home), `${JSON.stringify(ready, null, 2)}\n`);
    return ready;
  }
  throw setupFailed("check", "?", "");
}

async function step(
  name: string,
  program: string,
  args: readonly string[],
  { home, signal }: Pick<SetUp, "home" | "signal">,
): Promise<void> {
  const folder = folderOf(home);
  const tmp = join(folder, "tmp");
  const env = { TMPDIR: tmp, TEMP: tmp, TMP: tmp };
  // `-m` looks for the module in the current folder first, hence an empty one.
  const child = start(program, args, { cwd: tmp, network: true, env, signal });
  child.stdin.end();
  child.stdout.resume();
  const code = await ended(child);
  signal.throwIfAborted();
  if (code === 0) return;
  const words = child.lastWords().trim();
  const reason = words.split(/\r?\n/).findLast((line) => /^ERROR|Error/.test(line));
  throw setupFailed(name, reason ?? words.split(/\r?\n/).at(-1) ?? String(code), words);
}

async function findPython(home: string): Promise<string> {
  const seen: string[] = [];
  for (const name of NAMES) {
    const path = find(name);
    if (path === undefined || !(await stat(path).catch(() => undefined))) continue;
    const { code, text } = await printed(path, ["-I", "-c", LOOK], {
      cwd: join(folderOf(home), "tmp"),
    });
    const [major = 0, minor = 0] = text.trim().split(" ").map(Number);
    seen.push(code === 0 ? `${name} ${major}.${minor}` : name);
    const fits = minor >= 11 && minor <= (ONLY_11 ? 11 : NEWEST);
    if (code === 0 && major === 3 && fits) return path;
  }
  throw noPython(WANTED, seen.join(", ") || "-");
}
