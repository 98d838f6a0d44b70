/**
 * Every model there is: those of the catalogue, the user's own files in the models folder, and the
 * one that was named by its path; and every adapter.
 */
import { stat } from "node:fs/promises";
import { basename, isAbsolute, relative } from "node:path";
import { CharlaError } from "../../core/errors.ts";
import type { CatalogueModel } from "./catalogue.ts";
import { notAdapter } from "./errors.ts";
import { type Gguf, type Lora, printable, readGguf, readHeader, unsupported } from "./gguf.ts";
import type { Store } from "./store.ts";

type Header = Gguf | Lora | CharlaError;

/** Of files that are not GGUF, but carry the header of one. */
export interface Format {
  /** Of their names: ".onnx". */
  readonly ending: string;
  header(path: string): Promise<Gguf>;
}

/** The header of any file of a model. @throws CharlaError as `readGguf` */
export const modelHeader = (path: string, formats: readonly Format[]): Promise<Gguf> =>
  (formats.find(({ ending }) => path.endsWith(ending))?.header ?? readGguf)(path);

export interface Entry {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly file: string;
  /** Size on disk; undefined while it is not there. */
  readonly bytes: number | undefined;
  readonly catalogue: CatalogueModel | undefined;
  /** What an own file says of itself, or why it cannot be used. */
  readonly gguf: Gguf | CharlaError | undefined;
}

export interface AdapterEntry {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly bytes: number | undefined;
  readonly header: Lora | CharlaError;
}

export class Shelf {
  readonly #store: Store;
  readonly #catalogue: readonly CatalogueModel[];
  readonly #extra: string | undefined;
  readonly #formats: readonly Format[];
  readonly #headers = new Map<string, { stamp: string; header: Header }>();

  /** @param extra path of one more file, wherever it is */
  constructor(
    store: Store,
    catalogue: readonly CatalogueModel[],
    extra: string | undefined,
    formats: readonly Format[] = [],
  ) {
    this.#formats = formats;
    this.#store = store;
    this.#catalogue = catalogue;
    this.#extra = extra;
  }

  async entries(): Promise<readonly Entry[]> {
    const offered = this.#catalogue.map((catalogue) => this.#offered(catalogue));
    const endings = this.#formats.map(({ ending }) => ending);
    const files = await this.#store.files(this.#store.folder, endings);
    const paths = this.#extra === undefined ? files : [this.#extra, ...files];
    const taken = new Set(this.#catalogue.map((model) => model.id));
    const own: Promise<Entry>[] = [];
    for (const path of new Set(paths)) {
      if (this.#catalogue.some((model) => this.#store.path(model.hub.file) === path)) continue;
      // An adapter is no model, unless somebody named it as one and has to be told.
      if (path !== this.#extra && isLora(await this.header(path))) continue;
      const id = unique(idOf(path), taken);
      taken.add(id);
      own.push(this.#own(id, path));
    }
    return distinct(await Promise.all([...offered, ...own]));
  }

  async adapters(): Promise<readonly AdapterEntry[]> {
    const taken = new Set<string>();
    const found: AdapterEntry[] = [];
    const beside = await this.#store.files(this.#store.folder);
    for (const path of [...(await this.#store.files(this.#store.adapters)), ...beside]) {
      const read = await this.header(path);
      if (!isLora(read) && beside.includes(path)) continue;
      const id = unique(idOf(path), taken);
      taken.add(id);
      const name = (isLora(read) && read.name) || nameOf(path);
      const header = isLora(read) || read instanceof CharlaError ? read : notAdapter(nameOf(path));
      found.push({ id, name, path, bytes: await this.#store.bytes(path), header });
    }
    return found;
  }

  async #offered(catalogue: CatalogueModel): Promise<Entry> {
    const { id, name, hub } = catalogue;
    const path = this.#store.path(hub.file);
    const bytes = await this.#store.bytes(path);
    const offered = { id, name, path, file: hub.file, bytes, catalogue, gguf: undefined };
    // Of one that nobody has looked at before, the file itself says what it is.
    if (!catalogue.added || bytes === undefined) return offered;
    const read = await this.header(path);
    const gguf = isLora(read) ? unsupported(printable(basename(path)), "LoRA") : read;
    return { ...offered, gguf };
  }

  async #own(id: string, path: string): Promise<Entry> {
    const read = await this.header(path);
    const gguf = isLora(read) ? unsupported(printable(basename(path)), "LoRA") : read;
    const said = gguf instanceof CharlaError ? undefined : gguf.name;
    const name = said ?? nameOf(path);
    const bytes = await this.#store.bytes(path);
    const below = relative(this.#store.folder, path);
    const file = below.startsWith("..") || isAbsolute(below) ? basename(path) : below;
    return { id, name, path, file, bytes, catalogue: undefined, gguf };
  }

  /** Read once for as long as the file stays the same. */
  async header(path: string): Promise<Header> {
    const found = await stat(path).catch(() => undefined);
    const stamp = `${found?.size} ${found?.mtimeMs} ${found?.ino}`;
    const known = this.#headers.get(path);
    if (known?.stamp === stamp) return known.header;
    const other = this.#formats.find(({ ending }) => path.endsWith(ending));
    const header = await (other?.header ?? readHeader)(path).catch(CharlaError.from);
    this.#headers.set(path, { stamp, header });
    return header;
  }
}

/** Files of one model all say its name, so each says its own beside it. */
function distinct(entries: readonly Entry[]): readonly Entry[] {
  const names = entries.map(({ name }) => name);
  return entries.map((entry) => {
    const { name, path, catalogue } = entry;
    const alone = names.indexOf(name) === names.lastIndexOf(name) || name === nameOf(path);
    return catalogue || alone ? entry : { ...entry, name: `${name} (${nameOf(path)})` };
  });
}

function isLora(header: Header): header is Lora {
  return !(header instanceof CharlaError) && header.kind === "lora";
}

function nameOf(path: string): string {
  return printable(basename(path).replace(/\.gguf$/i, ""));
}

/** `My Model.Q4_K_M.gguf` -> `my-model.q4_k_m` */
export function idOf(path: string): string {
  const stem = basename(path).replace(/\.gguf$/i, "");
  const id = stem.toLowerCase().replace(/[^a-z0-9._-]+/g, "-");
  return id.replace(/^[-.]+|[-.]+$/g, "") || "model";
}

export function unique(id: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    const candidate = number === 2 && !taken.has(id) ? id : `${id}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
