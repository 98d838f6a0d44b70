/** Reads all acts and says whether each is the one that the log has. */
import type { Ledger } from "../../core/ledger.ts";
import { fromHex, toHex, utf8 } from "../../core/tlog/bytes.ts";
import { canonical } from "../../core/tlog/canonical.ts";
import { leafHash, verifyConsistency, verifyInclusion } from "../../core/tlog/merkle.ts";
import { GENESIS, linkOf } from "./chain.ts";
import { entryOf, KIND } from "./entry.ts";
import { type ActRow, MOVED, TRIMMED } from "./tables.ts";

/** Entries of the log that are read at a time. */
const BATCH = 1000;

export type Fault = "changed" | "missing" | "beginning" | "head" | "signed";

/**
 * An end of the log to note elsewhere, so that one that was written anew cannot pass for this one:
 * the log's size and root; of a chain before the log, a row's number and hash.
 */
export type Head =
  | { readonly size: number; readonly root: string }
  | { readonly seq: number; readonly hash: string };

export interface Verdict {
  readonly rows: number;
  readonly head: { readonly size: number; readonly root: string };
  /** The first act that tells of a change, 0 where it is none; null where all hold. */
  readonly broken: { readonly seq: number; readonly fault: Fault } | null;
}

/**
 * @param rows all of them, oldest first
 * @param noted from an earlier look
 */
export async function verify(
  rows: AsyncIterable<ActRow>,
  ledger: Ledger,
  noted?: Head,
): Promise<Verdict> {
  const { size, root } = await ledger.checkpoint();
  const reader = new Reader({ ledger, size, root, noted });
  let broken: Verdict["broken"] = null;
  for await (const row of rows) {
    broken = await reader.next(row);
    if (broken) break;
  }
  broken ??= await reader.end();
  return { rows: reader.rows, head: { size, root: toHex(root) }, broken };
}

interface Against {
  readonly ledger: Ledger;
  readonly size: number;
  readonly root: Uint8Array;
  readonly noted: Head | undefined;
}

const fault = (seq: number, kind: Fault) => ({ seq, fault: kind });

class Reader {
  readonly #against: Against;
  rows = 0;
  #first: ActRow | undefined;
  #last: ActRow | undefined;
  /** Where acts say that the rest begins now: number of the row before, and its hash. */
  #beginning = { seq: 0, hash: GENESIS };

  constructor(against: Against) {
    this.#against = against;
  }

  async next(row: ActRow): Promise<Verdict["broken"]> {
    const last = this.#last;
    if (!(await this.#isWhole(row))) return fault(row.seq, "changed");
    if (last && !follows(row, last)) return fault(row.seq, "missing");
    if (row.act === TRIMMED && row.trimmed_through !== null) {
      this.#beginning = { seq: row.trimmed_through, hash: JSON.parse(row.details).hash };
    }
    const { noted } = this.#against;
    if (noted && "seq" in noted && noted.seq === row.seq && noted.hash !== row.hash) {
      return fault(row.seq, "head");
    }
    this.#first ??= row;
    this.#last = row;
    this.rows++;
    return null;
  }

  /** As it stands in the log, or by its own hash where it is of the chain before. */
  async #isWhole(row: ActRow): Promise<boolean> {
    if (row.place === null) return linkOf(row) === row.hash;
    const { ledger, size, root } = this.#against;
    if (row.place >= size) return false;
    const leaf = leafHash(utf8(canonical(entryOf(row))));
    const proof = await ledger.inclusion(row.place, size);
    return verifyInclusion(leaf, row.place, size, proof, root);
  }

  /** What can only be told when all were read. */
  async end(): Promise<Verdict["broken"]> {
    const [first, last] = [this.#first, this.#last];
    const begins = this.#beginning;
    if (first && first.seq !== begins.seq + 1) return fault(first.seq, "beginning");
    if (first && first.place === null && first.previous !== begins.hash) {
      return fault(first.seq, "beginning");
    }
    const { noted } = this.#against;
    if (noted && "seq" in noted && noted.seq > (last?.seq ?? 0)) return fault(noted.seq, "head");
    const missing = await this.#after(last?.place ?? -1);
    if (missing !== undefined) return fault(missing, "missing");
    if (noted && "size" in noted && !(await this.#beginsWith(noted))) return fault(0, "head");
    return (await this.#against.ledger.contradicts()) ? fault(0, "signed") : null;
  }

  /** The number of an act that the log has after this place. */
  async #after(place: number): Promise<number | undefined> {
    const { ledger, size } = this.#against;
    for (let from = place + 1; from < size; from += BATCH) {
      for (const text of await ledger.entries(from, Math.min(size, from + BATCH))) {
        const entry = JSON.parse(text);
        if (entry.kind === KIND) return entry.act;
      }
    }
    return undefined;
  }

  async #beginsWith(head: { readonly size: number; readonly root: string }): Promise<boolean> {
    const { ledger, size, root } = this.#against;
    if (head.size > size) return false;
    const proof = await ledger.consistency(head.size, size);
    return verifyConsistency(head.size, size, proof, fromHex(head.root) ?? new Uint8Array(), root);
  }
}

function follows(row: ActRow, last: ActRow): boolean {
  if (row.seq !== last.seq + 1) return false;
  if (row.place === null) return last.place === null && row.previous === last.hash;
  if (last.place !== null) return row.place > last.place;
  return row.act === MOVED && JSON.parse(row.details).hash === last.hash;
}
