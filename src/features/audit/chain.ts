/**
 * The chain in which acts stood before they stood in the house's log: each row carries the SHA-256 of
 * itself and of the row before. No row is added to it any more; the first act in the log names the
 * chain's end ({@link MOVED}), so that nothing before it can be changed either.
 */
import { hash } from "node:crypto";
import type { ActRow } from "./tables.ts";

/** What stands before the first row. */
export const GENESIS = "0".repeat(64);

/** An array and not an object, so that its text is the same everywhere. */
export function linkOf(
  row: Pick<
    ActRow,
    "seq" | "at" | "actor" | "act" | "subject" | "details" | "trimmed_through" | "previous"
  >,
): string {
  const { seq, at, actor, act, subject, details, trimmed_through, previous } = row;
  const link = [seq, at, actor, act, subject, details, trimmed_through, previous];
  return hash("sha256", JSON.stringify(link), "hex");
}
