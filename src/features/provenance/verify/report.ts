/** What the verifier says of a file or a text; `messages.ts` has the words for it. */

/** yes: checked, and it holds. no: checked, and it does not. open: there is nothing to check it by. */
export type State = "yes" | "no" | "open";

export type Params = Readonly<Record<string, string | number>>;

/** What is looked at, of which kind of file. */
interface Of {
  readonly both: "signature" | "key" | "anchor";
  readonly receipt: "inclusion" | "answer" | "prompt" | "shown" | "erasure";
  readonly file: "label";
  readonly membership: "group" | "member" | "claim" | "scope" | "challenge" | "nullifier";
}

/** One thing that was looked at. */
export interface Finding {
  readonly what: Of[keyof Of];
  readonly state: State;
  /** Why, where a state can have several reasons. */
  readonly why?: string;
  readonly params?: Params;
}

/**
 * holds: written by this server, unchanged. changed: something in it is not as it was. erased: the
 * person's data was erased since, and the log says so. open: in the log, but no text to compare.
 * A proof of membership holds, is changed, or is open where its verifier has not said what was asked for.
 * newer: made by a newer version than this verifier. broken: not readable as a receipt.
 */
export type Verdict = "holds" | "changed" | "erased" | "open" | "newer" | "broken";

/** Of one receipt. */
export interface Checked {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** What the entry of the log says of the answer, in its own names. */
  readonly entry: Readonly<Record<string, string | number>>;
  /** The text that was compared, where there was one. */
  readonly text: string | undefined;
}

export type Problem = "encoding" | "size" | "json" | "foreign" | "empty";

export interface Report {
  readonly kind: "receipt" | "export" | "markdown" | "text" | "membership";
  /** The worst of its receipts and of its label; "open" for a text without any. */
  readonly verdict: Verdict;
  readonly receipts: readonly Checked[];
  /** Of an export that has a signed label. */
  readonly label?: Finding | undefined;
  /** Answers of an export that have no receipt. */
  readonly unproved: number;
  /** Why nothing of it could be checked. */
  readonly problem?: Problem;
  /** The details of a problem, in English, for whoever mends it. */
  readonly reason?: string;
}
