/**
 * Receipts: for every answer that is stored or goes out by the API, an entry of the log that says how
 * it came to be, and a row that lets its person prove so. Whoever stores or sends answers has them
 * made (`others.receipts`); a feature keeps them.
 */
import type { Transaction } from "kysely";
import type { Made } from "./extras.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { Guarded, Marked } from "./provenance.ts";
import type { Message, ModelCard, Sampling } from "./types.ts";

/** An answer that is about to be stored or sent, whole. */
export interface Answered {
  /** The person to whom it belongs. */
  readonly owner: string;
  /** Where it is stored; absent for what is sent and forgotten. */
  readonly at?: { readonly conversation: string; readonly message: string } | undefined;
  /** What was asked, as whoever stores or sends it knows it. */
  readonly messages: readonly Pick<Message, "role" | "content">[];
  /** As it is stored or was sent. */
  readonly text: string;
  readonly status: "done" | "stopped" | "interrupted" | "failed";
  readonly model: Pick<ModelCard, "name" | "digest" | "quantisation">;
  readonly seed: number | undefined;
  readonly sampling: Omit<Sampling, "seed">;
  readonly made?: Made | undefined;
  readonly guard?: Guarded | undefined;
  readonly mark?: Marked | undefined;
  /** Tokens of the answer. */
  readonly tokens: number | undefined;
}

export interface Receipt {
  readonly id: string;
  /** Writes it down, in the transaction that stores the answer. */
  // biome-ignore lint/suspicious/noExplicitAny: the transaction is on somebody else's tables
  store(db: Transaction<any>): Promise<void>;
}

/** A receipt as a person takes it along: all that is needed to check it without a server. */
export interface ReceiptFile {
  readonly format: "charla.receipt";
  readonly version: 1;
  readonly entry: LedgerEntry;
  readonly index: number;
  /** Base64, from the leaf up. */
  readonly proof: readonly string[];
  /** Signed note. */
  readonly checkpoint: string;
  /** The public key that has signed it, as the server gives it; who trusts it is to be asked. */
  readonly key: string;
  /** In hexadecimal digits; without them nobody can tell which text the entry is about. */
  readonly salts: { readonly prompt?: string; readonly answer?: string };
  readonly text: string | null;
  readonly prompt: readonly Pick<Message, "role" | "content">[] | null;
  /** The oldest state of the log that has the entry and stands on a chain. */
  readonly anchor?: AnchorProof;
  /** The entry by which the text was declared erased, and its proof in the same log. */
  readonly erasure?: {
    readonly entry: LedgerEntry;
    readonly index: number;
    readonly proof: readonly string[];
  };
}

/** Where a state of the log stands on an Ethereum chain; whoever asks the chain knows whether it does. */
export interface AnchorProof {
  /** Signed note: the checkpoint whose root, size and SHA-256 are in the event. */
  readonly note: string;
  /** The public key that has signed it. */
  readonly key: string;
  /** Of the entry in that state; Base64, from the leaf up. */
  readonly proof: readonly string[];
  /** Number of the chain. */
  readonly chain: number;
  readonly contract: string;
  readonly transaction: string;
  readonly block: number;
  /** Of the block, ISO. */
  readonly at: string;
}

/** What goes into a file beside the receipt. */
export interface Texts {
  readonly text: string;
  /** Left out where the prompt is to stay with its person. */
  readonly messages?: readonly Pick<Message, "role" | "content">[] | undefined;
}

export interface Receipts {
  /** A name for a receipt that is still to be made. */
  newId(): string;
  /** Never called inside a transaction. */
  make(answered: Answered, id?: string): Promise<Receipt>;
  /** Makes and stores one for what is stored nowhere else. */
  keep(answered: Answered, id?: string): Promise<void>;
  /** @returns undefined where it was erased, or never was this person's */
  file(owner: string, id: string, texts: Texts): Promise<ReceiptFile | undefined>;
}

declare module "./types.ts" {
  interface Start {
    /** Of the receipt that the answer will have. */
    readonly receipt?: string | undefined;
  }
  interface Finish {
    /** Of the receipt that stands in the log by now. */
    readonly receipt?: string | undefined;
  }
}

/** The receipt of a message; its text stands beside it, and the prompt stays with its person. */
export type Proof = ReceiptFile & { readonly message: string };
/** Receipts at the end of a Markdown document, where programs find them and readers do not. */
export function remark(proofs: readonly Proof[]): string {
  // Two hyphens would end it.
  const json = JSON.stringify(proofs).replace(/-(?=-)|-$/g, "\\u002d");
  return `<!-- charla.receipts\n${json}\n-->`;
}
