/**
 * Files that people bring along: linked to where they lie on this machine, or sent in pieces, so that
 * a slow line and a reload of the page do no harm. What arrives is no model before it is whole and
 * says so of itself.
 */
import { link, open, rename, rm, stat, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { modelNameTaken, pieceMisplaced } from "./errors.ts";
import { readHeader } from "./gguf.ts";
import { requireSpace } from "./part.ts";
import { notWritable, type Store } from "./store.ts";

/**
 * Puts a link to a file into the models folder, so that it stays known and takes no room.
 *
 * @returns the name there
 * @throws CharlaError `model_file_missing` and its like, `model_name_taken`,
 *   `models_folder_not_writable`
 */
export async function linkFile(store: Store, address: string): Promise<string> {
  const local = address.startsWith("file:") ? fileURLToPath(address) : address;
  const path = resolve(local.replace(/^~(?=[\\/])/, homedir()));
  await readHeader(path);
  const file = basename(path).replace(/(\.gguf)?$/i, ".gguf");
  const place = store.path(file);
  if (place === path) return file;
  await store.prepare();
  const [there, same] = [await stat(place).catch(() => undefined), await stat(path)];
  if (there?.ino === same.ino && there.size === same.size) return file;
  if (there) throw modelNameTaken(file);
  await symlink(path, place)
    // Windows lets few make one.
    .catch(() => link(path, place))
    .catch((cause) => {
      throw notWritable(store.folder, cause);
    });
  return file;
}

const sentPath = (store: Store, file: string) => store.path(`${file}.sent`);

/**
 * Takes a piece of a file; the last one makes it a model.
 *
 * @param at where the piece begins, in bytes; what was there behind that is written anew
 * @param total of the file
 * @returns how much is there
 * @throws CharlaError `model_name_taken`, `piece_misplaced`, `disk_full`,
 *   `models_folder_not_writable`; `model_file_invalid` and its like, of the last one
 */
export async function takePiece(
  store: Store,
  file: string,
  { at, total }: { readonly at: number; readonly total: number },
  bytes: AsyncIterable<Uint8Array>,
): Promise<number> {
  await store.prepare();
  const path = sentPath(store, file);
  if (store.exists(store.path(file))) throw modelNameTaken(file);
  await requireSpace(store.folder, total - at, file);
  const there = (await store.bytes(path)) ?? 0;
  if (at > there || at > total) throw pieceMisplaced(there);
  const handle = await open(path, at === 0 ? "w" : "r+").catch((cause) => {
    throw notWritable(store.folder, cause);
  });
  let end = at;
  try {
    for await (const chunk of bytes) {
      if (end + chunk.length > total) throw pieceMisplaced(end);
      await handle.write(chunk, 0, chunk.length, end);
      end += chunk.length;
    }
    await handle.truncate(end);
    if (end === total) await handle.sync();
  } finally {
    await handle.close();
  }
  if (end < total) return end;
  try {
    await readHeader(path);
  } catch (thrown) {
    await rm(path, { force: true });
    throw thrown;
  }
  await rename(path, store.path(file));
  return end;
}

export const dropPieces = (store: Store, file: string): Promise<void> =>
  rm(sentPath(store, file), { force: true });
