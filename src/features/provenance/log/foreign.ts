/**
 * Reads the whole log of another server by its tiles (c2sp.org/tlog-tiles), as a monitor does: whether its
 * roots are those that it has signed, that it says to be anchored, and that somebody has kept.
 */
import { CharlaError } from "../../../core/errors.ts";
import type { Ground } from "../../../core/feature.ts";
import { parseCheckpoint } from "../../../core/tlog/checkpoint.ts";
import { isSignedBy, parseVerifier } from "../../../core/tlog/note.ts";
import { bundlePath, entriesOf, TILE_WIDTH } from "../../../core/tlog/tiles.ts";
import { unreadable } from "./errors.ts";
import { checkWhole, type Fault, type Stated } from "./whole.ts";

/** Bytes of a checkpoint, of the lists of keys and anchors, and of a bundle of 256 entries. */
const MOST = { note: 100_000, list: 10_000_000, bundle: 64_000_000 } as const;

export interface Foreign {
  readonly origin: string;
  readonly size: number;
  readonly anchors: number;
  readonly signed: boolean;
  /** The key that has signed it; null where the reader has brought one. */
  readonly told: string | null;
  readonly faults: readonly Fault[];
}

interface Known {
  /** A verifier's line that the reader trusts. */
  readonly key?: string | undefined;
  /** A checkpoint that the reader has kept: the log still has to begin with it. */
  readonly kept?: string | undefined;
}

/** @throws CharlaError `log_unreadable`, `note_invalid`, `checkpoint_invalid`, `key_invalid` */
export async function checkForeign(
  read: Ground["read"],
  address: string,
  { key, kept }: Known,
): Promise<Foreign> {
  const base = address.replace(/\/+$/, "");
  const get = async (path: string, most: number): Promise<Response> => {
    const url = `${base}${path}`;
    const response = await read(url, most).catch((thrown: unknown) => {
      throw thrown instanceof CharlaError ? thrown : unreadable(url, String(thrown));
    });
    if (!response.ok) throw unreadable(url, String(response.status));
    return response;
  };
  const { origin, size, root, note } = parseCheckpoint(
    await (await get("/log/checkpoint", MOST.note)).text(),
  );
  const told = key === undefined ? await keyOf(get) : null;
  const signed = await isSignedBy(note, parseVerifier(key ?? told ?? ""));
  const before = kept === undefined ? [] : [keptOf(kept, origin)];
  const anchors = await anchorsOf(get);
  const faults = await checkWhole(entries(get, base, size), [
    { what: "checkpoint", size, root },
    ...before,
    ...anchors,
  ]);
  return { origin, size, anchors: anchors.length, signed, told, faults };
}

const decoder = new TextDecoder();

type Get = (path: string, most: number) => Promise<Response>;

/** What the server says of itself: a reader who has the key from elsewhere brings it. */
async function keyOf(get: Get): Promise<string> {
  const response = await get("/log/keys", MOST.list);
  const { keys } = (await response.json()) as { keys?: { verifier?: unknown }[] };
  return String(keys?.[0]?.verifier ?? "");
}

/** @throws CharlaError `log_unreadable` for a checkpoint of another log */
function keptOf(kept: string, origin: string): Stated {
  const before = parseCheckpoint(kept);
  if (before.origin !== origin) throw unreadable(before.origin, `≠ ${origin}`);
  return { what: "checkpoint", size: before.size, root: before.root };
}

/** None where the server does not tell everybody. */
async function anchorsOf(get: Get): Promise<readonly Stated[]> {
  const response = await get("/api/provenance/anchors", MOST.list).catch(() => undefined);
  if (!response) return [];
  const { anchors = [] } = (await response.json()) as { anchors?: { note?: unknown }[] };
  return anchors.map(({ note }) => {
    const { size, root } = parseCheckpoint(String(note));
    return { what: "anchor", size, root };
  });
}

async function* entries(get: Get, base: string, size: number): AsyncGenerator<string> {
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    const path = `/log/${bundlePath(index, width)}`;
    const bytes = new Uint8Array(await (await get(path, MOST.bundle)).arrayBuffer());
    const found = entriesOf(bytes);
    if (found?.length !== width) throw unreadable(base + path, `${found?.length ?? 0} ≠ ${width}`);
    // What is no UTF-8 is no canonical JSON either, and is told as such.
    for (const one of found) yield decoder.decode(one);
  }
}
