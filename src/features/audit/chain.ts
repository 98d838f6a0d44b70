/**
 * The chain: each row carries the SHA-256 of itself and of the row before, so that no row can be
 * changed, removed or put in between without all that follow telling.
 */
import { hash } from "node:crypto";
import { type ActRow, TRIMMED } from "./tables.ts";

/** What stands before the first row. */
export const GENESIS = "0".repeat(64);

/** An array and not an object, so that its text is the same everywhere. */
export function linkOf(row: Omit<ActRow, "hash">): string {
  const { seq, at, actor, act, subject, details, trimmed_through, previous } = row;
  const link = [seq, at, actor, act, subject, details, trimmed_through, previous];
  return hash("sha256", JSON.stringify(link), "hex");
}

export type Fault = "changed" | "missing" | "beginning" | "head";

export interface Verdict {
  readonly rows: number;
  /** The last row: note it elsewhere, and a chain that was written anew cannot pass for this one. */
  readonly head: { readonly seq: number; readonly hash: string } | null;
  /** The first row that tells of a change; null where the chain holds. */
  readonly broken: { readonly seq: number; readonly fault: Fault } | null;
}

/**
 * Reads a whole chain, oldest row first.
 *
 * @param noted a head from an earlier look, which has to be in the chain unless it was trimmed
 */
export async function verify(
  rows: AsyncIterable<ActRow>,
  noted?: { readonly seq: number; readonly hash: string },
): Promise<Verdict> {
  let [count, first, last] = [0, undefined as ActRow | undefined, undefined as ActRow | undefined];
  /** Where the checkpoints say that the chain begins now: number of the row before, and its hash. */
  let beginning = { seq: 0, hash: GENESIS };
  const verdict = (seq: number, fault: Fault): Verdict => ({
    rows: count,
    head: last ? { seq: last.seq, hash: last.hash } : null,
    broken: { seq, fault },
  });
  for await (const row of rows) {
    if (linkOf(row) !== row.hash) return verdict(row.seq, "changed");
    if (last && (row.seq !== last.seq + 1 || row.previous !== last.hash)) {
      return verdict(row.seq, "missing");
    }
    if (row.act === TRIMMED && row.trimmed_through !== null) {
      const hash = JSON.parse(row.details).hash;
      beginning = { seq: row.trimmed_through, hash };
    }
    if (noted?.seq === row.seq && noted.hash !== row.hash) return verdict(row.seq, "head");
    first ??= row;
    last = row;
    count++;
  }
  if (first && (first.seq !== beginning.seq + 1 || first.previous !== beginning.hash)) {
    return verdict(first.seq, "beginning");
  }
  if (noted && noted.seq > (last?.seq ?? 0)) return verdict(noted.seq, "head");
  return { rows: count, head: last ? { seq: last.seq, hash: last.hash } : null, broken: null };
}
