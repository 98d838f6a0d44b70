/**
 * What the log of the house holds of an act: its number and a commitment, HMAC-SHA256 under a salt of
 * 32 random bytes, which goes with the act when its time is over. Then nothing of it can be told.
 */
import { createHmac } from "node:crypto";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { ActRow } from "./tables.ts";

export const KIND = "act";

export type Told = Omit<ActRow, "place" | "hash" | "previous">;

/** @returns in hexadecimal digits */
export function commitmentOf(act: Told): string {
  const { seq, at, actor, act: what, subject, details, trimmed_through, salt } = act;
  // An array and not an object, so that its text is the same everywhere.
  const text = JSON.stringify([seq, at, actor, what, subject, details, trimmed_through]);
  return createHmac("sha256", Buffer.from(salt ?? "", "hex"))
    .update(`act/v1${text}`)
    .digest("hex");
}

export const entryOf = (act: Told): LedgerEntry => ({
  ...{ v: 1, kind: KIND, ts: act.at },
  ...{ act: act.seq, actC: commitmentOf(act) },
});
