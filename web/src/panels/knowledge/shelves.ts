/** The collections that a chat can be answered from. */
import type { Collection, CollectionList } from "../../../../src/features/knowledge/api.ts";
import { desk } from "../../desk.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { upload } from "./upload.ts";

export const PATH = "/api/collections";
export const at = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

export const readCollections = async (): Promise<CollectionList> => getJson(PATH);

/** Whether the open chat is answered from a collection. */
export const isUsed = (id: string): boolean => desk.settings.collections?.includes(id) ?? false;

/** Has the open chat answered from a collection, or no longer. */
export async function attachToChat(id: string, yes: boolean): Promise<void> {
  const { collections = [], ...rest } = desk.settings;
  const next = yes ? [...collections, id] : collections.filter((one) => one !== id);
  await desk.saveSettings(next.length > 0 ? { ...rest, collections: next } : rest);
}

/**
 * Takes files in and gives their ids.
 *
 * @param told how many are here, and how many there will be
 */
export async function takeFiles(
  files: readonly File[],
  told: (done: number, of: number) => void,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const file of files) {
    told(ids.length, files.length);
    const { signal } = new AbortController();
    ids.push((await upload(file, file.name, signal, () => {})).id);
  }
  return ids;
}

/** A collection of files that were chosen together is called by them until somebody calls it otherwise. */
export function nameOf(files: readonly { readonly name: string }[]): string {
  const [first] = files;
  const name = first?.name.slice(0, 80) ?? "";
  return files.length > 1 ? `${name} +${files.length - 1}` : name;
}

export const make = (name: string, files: readonly string[]) =>
  sendJson<Collection>("POST", PATH, { name, files });
