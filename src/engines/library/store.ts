/**
 * The models folder: which files are there, and whether each is what it should be.
 *
 * `<home>/models/` holds the files themselves, `.part` while they arrive; its folder `.charla/`
 * holds what is known of each, by name: `.json` for a whole file, `.part.json` for a partial one,
 * and an empty `.lock`. Its folder `adapters/` is for LoRA adapters.
 */
import { createHash, hash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { CharlaError } from "../../core/errors.ts";
import { makeFolder } from "../../core/folder.ts";
import type { CatalogueModel } from "./catalogue.ts";

/** What was found out about a file. Size, time and inode tell whether it is still that file. */
interface Known {
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly digest: string;
  /** The digest that the hub gave when it was downloaded. */
  readonly expected?: string | undefined;
}

/** Folders below the models folder: publisher, model, and one to spare. */
const MAX_DEPTH = 3;

/** A model and where its file is. */
export interface Chosen {
  readonly id: string;
  readonly path: string;
}

export class Store {
  readonly folder: string;
  readonly adapters: string;
  /** What was found out where nothing can be written down, by path. */
  readonly #unwritten = new Map<string, Known>();
  /** The model chosen last, likewise. */
  #chosen: Chosen | undefined;

  constructor(home: string) {
    this.folder = join(home, "models");
    this.adapters = join(this.folder, "adapters");
  }

  /** @throws CharlaError `models_folder_not_writable` */
  async prepare(): Promise<void> {
    try {
      makeFolder(join(this.folder, ".charla"));
    } catch (cause) {
      throw notWritable(this.folder, cause);
    }
  }

  /** The same for who only reads: a folder that is there will do. */
  async find(): Promise<void> {
    await this.prepare().catch((thrown) => {
      if (!existsSync(this.folder)) throw thrown;
    });
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  /** A place for what is known about a file, by the name of the file and of the fact. */
  note(file: string, kind: "json" | "part.json" | "lock" | "pip"): string {
    return join(this.folder, ".charla", `${file}.${kind}`);
  }

  /**
   * Paths of the whole files in a folder and those below it, sorted: of GGUF, and with other endings.
   */
  async files(
    folder: string,
    endings: readonly string[] = [],
    depth = MAX_DEPTH,
  ): Promise<readonly string[]> {
    const names = (await readdir(folder).catch(() => [])).toSorted();
    const paths = names.filter((name) => !name.startsWith(".")).map((name) => join(folder, name));
    const found = paths.map(async (path) => {
      if (/\.gguf$/i.test(path) || endings.some((one) => path.endsWith(one))) return [path];
      if (depth === 0 || path === this.adapters || extname(path) === ".part") return [];
      const isFolder = (await stat(path).catch(() => undefined))?.isDirectory();
      return isFolder ? this.files(path, endings, depth - 1) : [];
    });
    return (await Promise.all(found)).flat();
  }

  /** Bytes of a file, or undefined when it is not there. */
  async bytes(path: string): Promise<number | undefined> {
    const found = await stat(path).catch(() => undefined);
    return found?.isFile() ? found.size : undefined;
  }

  exists(path: string): boolean {
    return existsSync(path);
  }

  /**
   * The digest of a file if it is known without reading it, and whether it is the right one.
   *
   * @param pinned what it has to be, where the catalogue says so
   */
  async recall(
    path: string,
    pinned: string | null,
  ): Promise<{ digest: string | null; broken: boolean }> {
    const known = await this.#known(path);
    const wanted = pinned ?? known?.expected;
    if (!known || !(await isStill(known, path))) return { digest: wanted ?? null, broken: false };
    return { digest: known.digest, broken: wanted !== undefined && wanted !== known.digest };
  }

  /**
   * Makes sure that a file is what it should be, reading it only when it is new or has changed.
   *
   * @param again reads every byte in any case
   * @param onBytes called with how many bytes have been read
   * @returns its SHA-256
   * @throws CharlaError `model_file_broken`
   */
  async verify(
    path: string,
    pinned: string | null,
    signal: AbortSignal,
    { again = false, onBytes }: { again?: boolean; onBytes?(bytes: number): void } = {},
  ): Promise<string> {
    const known = await this.#known(path);
    const wanted = pinned ?? known?.expected;
    const fresh = !again && known !== undefined && (await isStill(known, path));
    const digest = fresh ? known.digest : await digestOf(path, signal, onBytes);
    if (!fresh) await this.#remember(path, digest, known?.expected);
    if (wanted !== undefined && wanted !== digest) throw broken(path, wanted);
    return digest;
  }

  /** Puts an arrived file in its place; its digest was taken while it arrived. */
  async accept(
    file: string,
    from: string,
    digest: string,
    expected: string | undefined,
  ): Promise<void> {
    await rename(from, this.path(file));
    await syncFolder(this.folder);
    await this.#remember(this.path(file), digest, expected);
    await this.discard(file);
  }

  /** Removes a file, its partial download and all that is known about it. */
  async remove(file: string): Promise<void> {
    try {
      await rm(this.path(file), { force: true });
      await rm(this.note(this.#name(this.path(file)), "json"), { force: true });
      await this.discard(file);
    } catch (cause) {
      throw notWritable(this.folder, cause);
    }
  }

  /** Removes a partial download. */
  async discard(file: string): Promise<void> {
    await rm(this.path(`${file}.part`), { force: true });
    await rm(this.note(file, "part.json"), { force: true });
  }

  /** Which model was used last, if its file is still there. */
  last(): Chosen | undefined {
    if (this.#chosen) return this.#chosen;
    try {
      const chosen: Chosen = JSON.parse(readFileSync(this.#last, "utf8"));
      return existsSync(chosen.path) ? chosen : undefined;
    } catch {
      return undefined;
    }
  }

  /** Models of the hub that somebody has named. */
  added(): readonly CatalogueModel[] {
    try {
      const added: readonly CatalogueModel[] = JSON.parse(readFileSync(this.#added, "utf8"));
      return added.filter(({ id, hub }) => id !== "" && basename(hub.file) === hub.file);
    } catch {
      return [];
    }
  }

  /** @throws CharlaError `models_folder_not_writable` */
  async keepAdded(added: readonly CatalogueModel[]): Promise<void> {
    try {
      await this.prepare();
      await writeJson(this.#added, added);
    } catch (cause) {
      throw notWritable(this.folder, cause);
    }
  }

  get #added(): string {
    return join(this.folder, ".charla", "added.json");
  }

  async remember(chosen: Chosen): Promise<void> {
    try {
      await this.prepare();
      await writeJson(this.#last, chosen);
    } catch {
      this.#chosen = chosen;
    }
  }

  get #last(): string {
    return join(this.folder, ".charla", "last.json");
  }

  async #known(path: string): Promise<Known | undefined> {
    return this.#unwritten.get(path) ?? readJson<Known>(this.note(this.#name(path), "json"));
  }

  async #remember(path: string, digest: string, expected: string | undefined): Promise<void> {
    const { size, mtimeMs, ino } = await stat(path);
    const known: Known = { bytes: size, mtimeMs, inode: ino, digest, expected };
    try {
      await this.prepare();
      await writeJson(this.note(this.#name(path), "json"), known);
    } catch {
      // A folder that many share may be read alone; it is found out again at the next start.
      this.#unwritten.set(path, known);
    }
  }

  /** Files elsewhere are known by a digest of their path. */
  #name(path: string): string {
    const file = basename(path);
    if (path === this.path(file)) return file;
    return `${file}.${hash("sha256", path, "hex").slice(0, 16)}`;
  }
}

async function isStill(known: Known, path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  const { bytes, mtimeMs, inode } = known;
  return found?.size === bytes && found.mtimeMs === mtimeMs && found.ino === inode;
}

async function digestOf(
  path: string,
  signal: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<string> {
  const running = createHash("sha256");
  await using file = await open(path);
  // One buffer for all: a stream would leave 50 MB of them to the garbage collector.
  const buffer = Buffer.allocUnsafe(2 ** 20);
  for (let bytes = 0; ; onBytes?.(bytes)) {
    const { bytesRead } = await file.read(buffer);
    signal.throwIfAborted();
    if (bytesRead === 0) return running.digest("hex");
    running.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

/** A note that is missing or unreadable says nothing; it is written anew when it matters. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Whole or not at all, even when the machine goes down meanwhile. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, JSON.stringify(value), { flush: true });
  await rename(draft, path);
}

/** Makes a rename last; Windows does not open folders, and does it by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

function broken(path: string, wanted: string): CharlaError {
  return new CharlaError("model_file_broken", {
    status: 422,
    message: "{file} is not what it should be: its SHA-256 is not {digest}.",
    hint: "Remove it and download it again; Charla does not load it.",
    params: { file: basename(path), digest: wanted },
  });
}

/** @param cause the file system's error, or SQLite's */
export function notWritable(folder: string, cause: unknown): CharlaError {
  const { errstr, code } = cause as { errstr?: string; code?: string };
  return new CharlaError("models_folder_not_writable", {
    status: 507,
    message: "The models folder {folder} cannot be written to ({reason}).",
    hint: "Make it writable, or choose another data folder with CHARLA_HOME.",
    params: { folder, reason: errstr ?? code ?? String(cause) },
    cause,
  });
}
