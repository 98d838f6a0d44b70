/**
 * LoRA adapters beside the model, each loaded when it is asked for the first time: one that the
 * library does not take harms nobody who asks for another, and those that nobody asks for take no
 * memory.
 */
import { CharlaError } from "../../../core/errors.ts";
import type { Pointer } from "../native/api.ts";
import type { AdapterFile } from "./protocol.ts";
import type { Adapter } from "./work.ts";

export class Adapters {
  readonly #files: ReadonlyMap<string, AdapterFile>;
  readonly #load: (path: string) => Promise<Pointer>;
  readonly #loaded = new Map<string, Promise<Adapter>>();

  constructor(files: readonly AdapterFile[], load: (path: string) => Promise<Pointer>) {
    this.#files = new Map(files.map((file) => [file.id, file]));
    this.#load = load;
  }

  /** @throws CharlaError `adapter_not_found`, `adapter_refused` */
  async get(id: string | undefined): Promise<Adapter | undefined> {
    if (id === undefined) return undefined;
    const file = this.#files.get(id);
    if (!file) throw notFound(id, [...this.#files.keys()]);
    const adapter = this.#loaded.get(id) ?? this.#read(file);
    this.#loaded.set(id, adapter);
    return adapter;
  }

  async #read(file: AdapterFile): Promise<Adapter> {
    try {
      return { ...file, pointer: await this.#load(file.path) };
    } catch (cause) {
      throw refused(file.id, cause);
    }
  }
}

function notFound(id: string, known: readonly string[]): CharlaError {
  return new CharlaError("adapter_not_found", {
    status: 404,
    param: "adapter",
    message: "There is no adapter '{id}' for this model.",
    hint: "Choose one of: {known}.",
    params: { id, known: known.join(", ") || "none" },
  });
}

function refused(id: string, cause: unknown): CharlaError {
  return new CharlaError("adapter_refused", {
    status: 422,
    param: "adapter",
    message: "llama.cpp does not take the adapter {id}, though its shapes fit the model.",
    hint: "Convert it to GGUF again; what the server has written to its log says more.",
    params: { id },
    cause,
  });
}
