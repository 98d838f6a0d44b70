/**
 * The offline verifier: takes a receipt, an export or a text, and says what of it holds. It asks no
 * server and imports nothing of one, so that the page, the terminal and one file on a disk share it.
 */
import type { Json } from "../../../core/tlog/canonical.ts";
import type { Verifier } from "../../../core/tlog/note.ts";
import type { Expected } from "../membership/check.ts";
import { check, type Known, type OnChain } from "./check.ts";
import { decode, find, type Given, Unreadable } from "./given.ts";
import { labelOf, type ReadLabel } from "./label.ts";
import type { Checked, Report, Verdict } from "./report.ts";

/** The first of these that a receipt has is what is said of them all. */
const WORST: readonly Verdict[] = ["changed", "broken", "newer", "open", "erased", "holds"];

export interface VerifyOptions {
  /** Public keys of the log, known from elsewhere. */
  readonly keys?: readonly Verifier[];
  /** A text to compare with a single receipt, instead of the one in its file. */
  readonly text?: string | undefined;
  /** What whoever checks a proof of membership has asked for. */
  readonly expected?: Expected | undefined;
  /** Asks the chain on which the log is anchored. */
  readonly onChain?: OnChain | undefined;
  /** Reads the signed label of an export. */
  readonly readLabel?: ReadLabel | undefined;
}

/**
 * Throws for nothing that is given, but what `onChain` and `readLabel` throw.
 *
 * @param given a file's bytes, or what was pasted
 */
export async function verify(
  given: string | Uint8Array,
  { keys = [], text, expected = {}, onChain, readLabel }: VerifyOptions = {},
): Promise<Report> {
  let source: string;
  let found: Given;
  try {
    source = decode(given);
    found = find(source);
  } catch (thrown) {
    if (!(thrown instanceof Unreadable)) throw thrown;
    const { problem, message: reason } = thrown;
    return { kind: "text", verdict: "broken", receipts: [], unproved: 0, problem, reason };
  }
  const receipts: Checked[] = [];
  for (const one of found.found) {
    receipts.push(
      found.kind === "membership"
        ? await member(one.receipt, { keys, onChain }, expected)
        : await check(one, { keys, onChain }, found.kind === "receipt" ? text : undefined),
    );
  }
  const { kind, unproved } = found;
  const isExport = kind === "export" || kind === "markdown";
  const label = isExport ? await labelOf(source, readLabel) : undefined;
  const worst = WORST.find((one) => receipts.some((of) => of.verdict === one)) ?? "open";
  const verdict = label?.state === "no" ? "changed" : worst;
  return { kind, verdict, receipts, label, unproved };
}

/** Its arithmetic is loaded where it is needed. */
async function member(file: Json, known: Known, expected: Expected): Promise<Checked> {
  const { checkMembership } = await import("../membership/check.ts");
  return checkMembership(file, known, expected);
}

/** The words of a text that are not those of another one, from the first to the last of them. */
export function difference(one: string, other: string): { was: string; is: string } | undefined {
  const wordsOf = (text: string): readonly string[] => text.match(/\S+|\s+/g) ?? [];
  const [was, is] = [wordsOf(one), wordsOf(other)];
  const most = Math.min(was.length, is.length);
  let [from, back] = [0, 0];
  while (from < most && was[from] === is[from]) from++;
  if (from === was.length && from === is.length) return undefined;
  while (back < most - from && was.at(-1 - back) === is.at(-1 - back)) back++;
  const cut = (words: readonly string[]) => words.slice(from, words.length - back).join("");
  return { was: cut(was), is: cut(is) };
}
