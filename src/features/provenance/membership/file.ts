/** A proof of membership as a file: what a verifier gets, and all that is needed to check it. */
import type { ReceiptFile } from "../../../core/receipts.ts";
import type { Json } from "../../../core/tlog/canonical.ts";
import { anchor, index, list, literal, record, text } from "../verify/shape.ts";
import type { Proof } from "./groth16/check.ts";
import { DEPTH } from "./group.ts";
import type { Statement } from "./statement.ts";

export interface MembershipFile {
  readonly format: "charla.membership";
  readonly version: 1;
  readonly statement: Statement;
  /** As Semaphore's own libraries and contracts take it; numbers in decimal digits. */
  readonly semaphore: {
    readonly merkleTreeDepth: number;
    readonly merkleTreeRoot: string;
    readonly nullifier: string;
    readonly message: string;
    readonly scope: string;
    /** Eight coordinates; of those that are pairs, the imaginary part comes first. */
    readonly points: readonly string[];
  };
  /** The entry of the log that names the group, and its proof. */
  readonly group: Pick<ReceiptFile, "entry" | "index" | "proof" | "checkpoint" | "key" | "anchor">;
}

/** Longest text of a statement, in UTF-16 units. */
export const MAX_TEXT = 1_000;

/** Decimal digits of a number below 2^256. */
const number = (value: Json | undefined) =>
  typeof value === "string" && /^(?:0|[1-9]\d{0,77})$/.test(value);
const short = (value: Json | undefined) =>
  text(value) && String(value).length <= MAX_TEXT && String(value).isWellFormed();

const shape = record({
  format: literal("charla.membership"),
  version: literal(1),
  statement: record({ scope: short, challenge: short, claim: short }),
  semaphore: record({
    merkleTreeDepth: literal(DEPTH),
    ...{ merkleTreeRoot: number, nullifier: number, message: number, scope: number },
    points: (value) => list(number)(value) && (value as readonly Json[]).length === 8,
  }),
  group: record({
    entry: record({
      ...{ v: literal(1), ts: text, kind: literal("group") },
      ...{ leaves: index, before: index, root: text },
    }),
    ...{ index, proof: list(text), checkpoint: text, key: text, anchor },
  }),
});

export const isMembership = (value: Json): value is MembershipFile & Json => shape(value);

/** @param points eight */
export function unpack(points: readonly string[]): Proof {
  const at = (place: number) => BigInt(points[place] ?? 0);
  return {
    a: [at(0), at(1)],
    b: [
      [at(3), at(2)],
      [at(5), at(4)],
    ],
    c: [at(6), at(7)],
  };
}
