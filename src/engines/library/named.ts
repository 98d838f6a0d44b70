/**
 * A model that somebody names: by the path of a file on this machine, or by what the model hub calls
 * it. All of these are one file there:
 *
 *     owner/name                     the file of the usual size of its numbers, Q4_K_M if there is one
 *     owner/name:Q8_0                the one of this size
 *     owner/name/some.gguf           this one
 *     https://huggingface.co/owner/name/blob/main/some.gguf      as pages and links have it
 */
import { basename, isAbsolute } from "node:path";
import type { CatalogueModel, HubPlace } from "./catalogue.ts";
import { addressUnknown, modelInParts, noSuchSize } from "./errors.ts";
import { type Hub, lookUp, namesOf } from "./hub.ts";

/** What is looked for where nothing is said: the best of those that are a quarter of the weights. */
const USUAL = ["Q4_K_M", "Q4_K_S", "Q4_0", "Q4_1", "Q5_K_M", "Q8_0", "F16"];
/** What an engine takes besides the weights and their working memory, in bytes. */
const OVERHEAD_BYTES = 300e6;
const PARTS = /-\d{5}-of-\d{5}\.gguf$/i;

/** Whether it can only be a file on this machine. */
export const isLocal = (address: string): boolean =>
  isAbsolute(address) || /^(~|[a-z]:|\.{1,2})[\\/]|^file:/i.test(address);

interface Wanted {
  readonly repository: string;
  readonly revision: string;
  /** Absent where it is still to be found. */
  readonly path?: string | undefined;
  /** Of the numbers: "Q4_K_M". */
  readonly size?: string | undefined;
}

/** Undefined for what is no address. */
export function parse(address: string, endpoint: string): Wanted | undefined {
  const [plain = ""] = address.trim().split(/[?#]/);
  const bare = plain
    .replace(endpoint, "")
    .replace(/^(https?:\/\/)?(www\.)?(huggingface\.co|hf\.co)\//i, "")
    .replace(/^\/+|\/+$/g, "");
  if (/^\w+:\/\//.test(bare)) return undefined;
  const [, owner, name, size, rest = ""] =
    /^([\w.-]+)\/([\w.-]+)(?::([\w.-]+))?(?:\/(.+))?$/.exec(bare) ?? [];
  if (owner === undefined || name === undefined) return undefined;
  const repository = `${owner}/${name}`;
  const [, revision, below] = /^(?:resolve|blob|tree)\/([^/]+)(?:\/(.+))?$/.exec(rest) ?? [];
  const path = revision === undefined ? rest : (below ?? "");
  if (path !== "" && !/\.gguf$/i.test(path)) return undefined;
  if (path.split("/").some((part) => part === ".." || part === ".")) return undefined;
  return { repository, revision: revision ?? "main", size, ...(path !== "" && { path }) };
}

/**
 * What the hub has there, as the catalogue would have it.
 *
 * @param id as it is to be known by, made of the file's name
 * @throws CharlaError `model_address_unknown`, `model_in_parts`, `model_size_unknown`, and those of
 *   `lookUp`
 */
export async function findOnHub(
  hub: Hub,
  address: string,
  id: (file: string) => string,
  signal: AbortSignal,
): Promise<CatalogueModel> {
  const wanted = parse(address, hub.endpoint);
  if (!wanted) throw addressUnknown(address);
  const { repository, revision } = wanted;
  const path = wanted.path ?? choose(await namesOf(hub, repository, revision, signal), wanted);
  if (PARTS.test(path)) throw modelInParts(path);
  const file = basename(path);
  const place: HubPlace = { repository, revision, file, ...(path !== file && { path }) };
  const found = await lookUp(hub, place, signal);
  return {
    ...{ id: id(file), name: file.replace(/\.gguf$/i, ""), added: true, languages: [] },
    description: { en: `From the hub: ${repository}.`, es: `Del hub: ${repository}.` },
    ...{ licence: "?", parameters: "?", quantisation: sizeOf(file) ?? "?", contextWindow: 0 },
    fileBytes: found.bytes,
    memoryBytes: Math.round(found.bytes * 1.2 + OVERHEAD_BYTES),
    ...{ gated: false, digest: found.digest, hub: place },
  };
}

const sizeOf = (file: string) => /(?:I?Q\d\w*|B?F(?:16|32))(?=\.gguf$)/i.exec(file)?.[0];

/** @throws CharlaError `model_address_unknown`, `model_in_parts`, `model_size_unknown` */
function choose(names: readonly string[], { repository, size }: Wanted): string {
  const files = names.filter((name) => /\.gguf$/i.test(name) && !/mmproj/i.test(basename(name)));
  const whole = files.filter((name) => !PARTS.test(name));
  if (files.length === 0) throw addressUnknown(repository);
  const find = (one: string) =>
    whole.find((name) => sizeOf(name)?.toUpperCase() === one.toUpperCase());
  const sizes = size === undefined ? USUAL : [size];
  const found = sizes.map(find).find((name) => name !== undefined);
  if (found !== undefined) return found;
  if (size === undefined && whole[0] !== undefined) return whole[0];
  if (whole.length === 0) throw modelInParts(files[0] ?? "");
  throw noSuchSize(
    size ?? "",
    whole.flatMap((name) => sizeOf(name) ?? []),
  );
}
