/**
 * Everything about a person as one ZIP archive that is made while it is sent: what the features
 * give out, an index for people, and a list for machines.
 */
import { hash } from "node:crypto";
import { setImmediate as breathe } from "node:timers/promises";
import { Zip, ZipDeflate } from "fflate";
import type { ArchiveFile, Rights } from "../../core/rights.ts";
import { indexPage, type Listed, type Subject } from "./index-page.ts";

/** Compressed at once: about a millisecond, in which nobody else is served. */
const SLICE_BYTES = 64 * 1024;
/** Of our own making, so that no archive can write outside of the folder where it is unpacked. */
const PATH = /^[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*(\/[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*)*$/;

/** What the features give out, then the index and the list, which speak of all files before. */
export async function* collect(
  subject: Subject,
  sources: readonly Rights[],
): AsyncGenerator<ArchiveFile> {
  const files: Listed[] = [];
  const exportedAt = new Date().toISOString();
  for (const source of sources) {
    for await (const { path, content } of source.collect(subject.person, subject.language)) {
      const taken = path === "index.html" || path === "manifest.json";
      const twice = taken || files.some((file) => file.path === path);
      if (twice || !PATH.test(path)) throw new TypeError(`no name for a file: ${path}`);
      const bytes = Buffer.from(content as string);
      files.push({ path, bytes: bytes.length, sha256: hash("sha256", bytes, "hex") });
      yield { path, content: bytes };
    }
  }
  const { person, policy, remote } = subject;
  const list = { format: "charla.person", version: 1, person, exportedAt, retention: policy };
  const manifest = { ...list, sentTo: remote ?? null, files };
  yield { path: "manifest.json", content: `${JSON.stringify(manifest, null, 2)}\n` };
  yield { path: "index.html", content: indexPage(subject, files, exportedAt) };
}

/** The bytes of a ZIP archive, as fast as they are read. */
export async function* zip(files: AsyncIterable<ArchiveFile>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const archive = new Zip((error, chunk) => {
    if (error) throw error;
    ready.push(chunk);
  });
  for await (const { path, content } of files) {
    const entry = new ZipDeflate(path);
    archive.add(entry);
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    for (let at = 0; at === 0 || at < bytes.length; at += SLICE_BYTES) {
      const end = at + SLICE_BYTES;
      entry.push(bytes.subarray(at, end), end >= bytes.length);
      yield* ready.splice(0);
      await breathe();
    }
  }
  archive.end();
  yield* ready.splice(0);
}
