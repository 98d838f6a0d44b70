/** Large files in the browser's own storage (OPFS), by their SHA-256: whole ones, and those on their way. */

const FOLDER = "charla-offline";

async function folder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

export const openFile = async (digest: string): Promise<FileSystemFileHandle> =>
  (await folder()).getFileHandle(digest, { create: true });

/** Bytes that are there; 0 for none. */
export async function sizeOf(digest: string): Promise<number> {
  const file = await (await folder()).getFileHandle(digest).catch(() => null);
  return file ? (await file.getFile()).size : 0;
}

export const removeFile = async (digest: string): Promise<void> =>
  (await folder()).removeEntry(digest).catch(() => {});
