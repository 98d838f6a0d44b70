/**
 * Brings a large file into the browser's storage, beside the page: from where an earlier try ended, and
 * compared with its digest once it is whole. What is something else is removed.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { openFile } from "./files.ts";

export interface Task {
  readonly url: string;
  readonly digest: string;
  /** Of the whole file. */
  readonly bytes: number;
}

export type Told =
  | { readonly received: number }
  | { readonly end: "whole" | "stopped" | "full" | "offline" | "wrong" | "failed" }
  /** What the server says, in its own form. */
  | { readonly refused: unknown };

/** Milliseconds between two reports. */
const REPORT_MS = 200;
const PIECE = 2 ** 20;

/** In a worker alone; the page's types do not know it. */
interface Access {
  getSize(): number;
  read(into: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
type Accessible = { createSyncAccessHandle(): Promise<Access> };

const tell = (told: Told) => postMessage(told);
const stopping = new AbortController();

addEventListener("message", ({ data }: MessageEvent<Task | "stop">) => {
  if (data === "stop") stopping.abort();
  else void take(data).then((told) => tell(told));
});

async function take(task: Task): Promise<Told> {
  let access: Access | undefined;
  try {
    const file = (await openFile(task.digest)) as unknown as Accessible;
    access = await file.createSyncAccessHandle();
    const told = await fill(access, task);
    access.flush();
    return told;
  } catch (thrown) {
    if (stopping.signal.aborted) return { end: "stopped" };
    if (thrown instanceof DOMException && thrown.name === "QuotaExceededError")
      return { end: "full" };
    if (thrown instanceof TypeError) return { end: "offline" };
    console.error(thrown);
    return { end: "failed" };
  } finally {
    access?.close();
  }
}

async function fill(access: Access, { url, digest, bytes }: Task): Promise<Told> {
  let hash = sha256.create();
  let at = access.getSize();
  if (at > bytes) {
    at = 0;
    access.truncate(at);
  }
  const piece = new Uint8Array(PIECE);
  for (let read = 0; read < at; ) {
    const count = access.read(piece, { at: read });
    hash.update(piece.subarray(0, count));
    read += count;
  }
  if (at < bytes) {
    const headers: HeadersInit = at > 0 ? { range: `bytes=${at}-`, "if-range": `"${digest}"` } : {};
    const response = await fetch(url, { headers, signal: stopping.signal });
    if (!response.ok) return { refused: (await response.json()).error };
    if (response.status !== 206 && at > 0) {
      at = 0;
      access.truncate(at);
      hash = sha256.create();
    }
    let reported = 0;
    for await (const chunk of response.body ?? []) {
      access.write(chunk, { at });
      hash.update(chunk);
      at += chunk.length;
      if (performance.now() - reported < REPORT_MS) continue;
      reported = performance.now();
      tell({ received: at });
    }
  }
  if (at === bytes && bytesToHex(hash.digest()) === digest) return { end: "whole" };
  // Cut short it can be gone on with; otherwise it is something else.
  if (at < bytes) return { end: "offline" };
  access.truncate(0);
  return { end: "wrong" };
}
