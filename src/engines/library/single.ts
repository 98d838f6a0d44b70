/** One file of the hub that is no model of the library: into a folder, with its digest checked. */
import { basename } from "node:path";
import { type Hub, hubFrom } from "./hub.ts";
import { pull } from "./pull.ts";
import { Store } from "./store.ts";

export interface Single {
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
  readonly bytes: number;
  /** SHA-256. */
  readonly digest: string;
}

/**
 * Goes on where it was cut off, as long as the folder is the same.
 *
 * @returns where it is
 * @throws CharlaError as `pull`
 */
export async function fetchFile(
  { path, repository, revision, bytes: fileBytes, digest }: Single,
  folder: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
  hub: Hub = hubFrom(process.env),
): Promise<string> {
  const store = new Store(folder);
  const file = basename(path);
  const onProgress = ({ received }: { readonly received: number }) => onBytes(received);
  const one = { fileBytes, digest, hub: { repository, revision, file, path } };
  await pull(one, { store, hub, signal, onProgress });
  return store.path(file);
}
