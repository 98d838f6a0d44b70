/**
 * LoRA adapters: GGUF files in the folder `adapters` of the models folder, or beside the models.
 * An adapter fits a base that has every matrix that it changes, in the same shape.
 */
import { CharlaError } from "../../core/errors.ts";
import { adapterMismatch, adapterNotFound } from "./errors.ts";
import { type Gguf, type Lora, printable } from "./gguf.ts";
import type { AdapterEntry, Entry, Shelf } from "./shelf.ts";
import type { Store } from "./store.ts";

/** As an engine loads it. */
export interface AdapterFile {
  readonly id: string;
  readonly path: string;
  /** SHA-256 of the file. */
  readonly digest: string;
  /** 1 is as it was trained. */
  readonly scale: number;
}

export type Adapter = Awaited<ReturnType<Adapters["list"]>>[number];

const never = new AbortController().signal;

export class Adapters {
  readonly #shelf: Shelf;
  readonly #store: Store;

  constructor(shelf: Shelf, store: Store) {
    this.#shelf = shelf;
    this.#store = store;
  }

  /** All adapters as people see them, with the models on this machine that they fit. */
  async list(models: readonly Entry[]) {
    const headers = await Promise.all(
      models.map(async ({ id, path, bytes }) => {
        const header = bytes === undefined ? undefined : await this.#shelf.header(path);
        return { id, header };
      }),
    );
    const adapters = await this.#shelf.adapters();
    return Promise.all(
      adapters.map(async ({ id, name, path, bytes, header }) => {
        const lora = header instanceof CharlaError ? undefined : header;
        const bases = headers.filter(({ header: base }) => isModel(base) && fits(header, base));
        // Small enough to be read for it; null for one that went away meanwhile.
        const digest = lora ? await this.#store.verify(path, null, never).catch(() => null) : null;
        return {
          ...{ id, name, digest },
          fileBytes: bytes ?? 0,
          architecture: lora?.architecture ?? "?",
          rank: lora?.rank ?? 0,
          alpha: lora?.alpha ?? 0,
          models: bases.map((model) => model.id),
          error: header instanceof CharlaError ? { ...header.toJSON() } : null,
        };
      }),
    );
  }

  /** Those that fit a base. */
  async fitting(base: Gguf, signal: AbortSignal): Promise<readonly AdapterFile[]> {
    const all = await this.#shelf.adapters();
    const fitting = all.filter(({ header }) => fits(header, base));
    const files = fitting.map(async (entry) =>
      this.#file(entry, signal).catch((thrown) => {
        signal.throwIfAborted();
        // It went away meanwhile, which is for those who ask for it to hear.
        if (thrown.code === "ENOENT") return [];
        throw thrown;
      }),
    );
    return (await Promise.all(files)).flat();
  }

  /**
   * @param model name of the base, for the error
   * @throws CharlaError `adapter_not_found`, `adapter_mismatch`, or what is wrong with its file
   */
  async find(id: string, base: Gguf, model: string): Promise<AdapterFile> {
    const all = await this.#shelf.adapters();
    const entry = all.find((one) => one.id === id);
    if (!entry) {
      const known = all.filter(({ header }) => fits(header, base)).map((one) => one.id);
      throw adapterNotFound(printable(id), known);
    }
    if (entry.header instanceof CharlaError) throw entry.header;
    const difference = misfit(entry.header, base);
    if (difference !== undefined) throw adapterMismatch(id, model, difference);
    return this.#file(entry, never);
  }

  async #file({ id, path }: AdapterEntry, signal: AbortSignal): Promise<AdapterFile> {
    return { id, path, digest: await this.#store.verify(path, null, signal), scale: 1 };
  }
}

function isModel(header: Gguf | Lora | CharlaError | undefined): header is Gguf {
  return header !== undefined && !(header instanceof CharlaError) && header.kind === "model";
}

function fits(header: Lora | CharlaError, base: Gguf): boolean {
  return !(header instanceof CharlaError) && misfit(header, base) === undefined;
}

/** What keeps an adapter from a base, in no language; undefined when it fits. */
export function misfit(lora: Lora, base: Gguf): string | undefined {
  if (lora.architecture !== base.architecture) return `${lora.architecture} ≠ ${base.architecture}`;
  for (const [name, shape] of lora.tensors) {
    const [, target, part] = /^(.*)\.lora_([ab])$/.exec(name) ?? [];
    // llama.cpp leaves changed norms out, and takes nothing else.
    if (target === undefined && name.endsWith("_norm.weight")) continue;
    if (target === undefined) return printable(name);
    const matrix = base.tensors.get(target);
    if (!matrix) return `${printable(target)} ≠ -`;
    const other = lora.tensors.get(`${target}.lora_${part === "a" ? "b" : "a"}`);
    if (!other) return `${printable(name)} ≠ a, b`;
    const [down, up] = part === "a" ? [shape, other] : [other, shape];
    // The rows of an embedding are looked up, so its matrices lie the other way round.
    const flipped = target === "token_embd.weight";
    const [width, out] = flipped ? [up[1], down[1]] : [down[0], up[1]];
    const joined = flipped || down[1] === up[0];
    if (width !== matrix[0] || out !== matrix[1] || !joined) {
      return `${printable(target)}: ${width} × ${out} ≠ ${matrix.join(" × ")}`;
    }
  }
  return lora.tensors.size === 0 ? "0" : undefined;
}
