/** Checks one receipt by nothing but itself, and the keys that somebody trusts. */
import { CharlaError } from "../../../core/errors.ts";
import type { LedgerEntry } from "../../../core/ledger.ts";
import { composed } from "../../../core/normal.ts";
import type { AnchorProof, ReceiptFile } from "../../../core/receipts.ts";
import { fromBase64, fromHex, utf8 } from "../../../core/tlog/bytes.ts";
import { canonical } from "../../../core/tlog/canonical.ts";
import { type Checkpoint, parseCheckpoint } from "../../../core/tlog/checkpoint.ts";
import { leafHash, verifyInclusion } from "../../../core/tlog/merkle.ts";
import { isSignedBy, type Note, parseVerifier, type Verifier } from "../../../core/tlog/note.ts";
import { isDevelopment } from "../anchor/types.ts";
import { type Committed, commitment, promptText } from "./commitment.ts";
import type { Found } from "./given.ts";
import type { Checked, Finding, Verdict } from "./report.ts";
import { isNewer, isReceipt } from "./shape.ts";

/** Whether a chain has this checkpoint, in the transaction that the anchor names. */
export type OnChain = (
  anchor: AnchorProof,
  point: Pick<Checkpoint, "size" | "root">,
) => Promise<boolean>;

/** What is known besides the file. */
export interface Known {
  /**
   * Public keys of the log that are known from elsewhere; without any, the one that the file names is
   * taken, and the report says so.
   */
  readonly keys: readonly Verifier[];
  /** Absent: no chain is asked. */
  readonly onChain?: OnChain | undefined;
}

/** @param held a text to compare instead of the one in the file */
export async function check(
  { receipt, beside, document }: Found,
  known: Known,
  held: string | undefined,
): Promise<Checked> {
  const bare = { findings: [], entry: {}, text: undefined };
  if (isNewer(receipt)) return { verdict: "newer", ...bare };
  if (!isReceipt(receipt)) return { verdict: "broken", ...bare };
  const noted = readNote(receipt);
  if (!noted) return { verdict: "broken", ...bare };
  const { point, key } = noted;
  const text = held ?? receipt.text ?? beside;
  const findings = [
    await signature(point, key),
    trust(key, known.keys),
    inclusion(receipt, point),
    ...erasure(receipt, point),
    answer(receipt, text),
    prompt(receipt),
    ...shown(text, document),
    ...(await anchored(receipt, point.origin, known)),
  ];
  return { verdict: verdictOf(findings), findings, entry: factsOf(receipt.entry), text };
}

export function readNote({ checkpoint, key }: Pick<ReceiptFile, "checkpoint" | "key">) {
  try {
    return { point: parseCheckpoint(checkpoint), key: parseVerifier(key) };
  } catch (thrown) {
    if (thrown instanceof CharlaError) return undefined;
    throw thrown;
  }
}

export async function signature(
  { origin, note }: Checkpoint & { readonly note: Note },
  key: Verifier,
): Promise<Finding> {
  const what = "signature";
  if (key.name !== origin) return { what, state: "no", why: "origin", params: { origin } };
  const signed = await isSignedBy(note, key);
  return { what, state: signed ? "yes" : "no", params: { origin } };
}

export function trust({ name, id, key }: Verifier, keys: readonly Verifier[]): Finding {
  const [what, params] = ["key" as const, { name, id }];
  if (keys.length === 0) return { what, state: "open", params };
  const known = keys.some((one) => one.name === name && String(one.key) === String(key));
  if (known) return { what, state: "yes", params };
  const why = keys.some((one) => one.name === name) ? "key" : "origin";
  return { what, state: "no", why, params };
}

interface Placed {
  readonly entry: LedgerEntry;
  readonly index: number;
  readonly proof: readonly string[];
}

export function isIn({ entry, index, proof }: Placed, { size, root }: Checkpoint): boolean {
  const hashes = proof.map((one) => fromBase64(one) ?? new Uint8Array());
  return verifyInclusion(leafHash(utf8(canonical(entry))), index, size, hashes, root);
}

function inclusion(receipt: ReceiptFile, point: Checkpoint): Finding {
  const params = { index: receipt.index, place: receipt.index + 1, size: point.size };
  return { what: "inclusion", state: isIn(receipt, point) ? "yes" : "no", params };
}

function erasure({ entry, index, erasure: said }: ReceiptFile, point: Checkpoint): Finding[] {
  if (!said) return [];
  const about = said.entry.kind === "erasure" && said.entry.userTag === entry.userTag;
  const holds = about && said.index > index && isIn(said, point);
  return [{ what: "erasure", state: holds ? "yes" : "no", params: { ts: said.entry.ts } }];
}

function answer({ entry, salts }: ReceiptFile, text: string | undefined): Finding {
  const what = "answer";
  if (entry.kind !== "answer") return { what, state: "open", why: "kind" };
  if (salts.answer === undefined) return { what, state: "open", why: "salt" };
  if (text === undefined) return { what, state: "open", why: "text" };
  return { what, state: matches(entry.answerC, salts.answer, "answer", text) ? "yes" : "no" };
}

function prompt({ entry, salts, prompt: asked }: ReceiptFile): Finding {
  const what = "prompt";
  if (asked === null) return { what, state: "open", why: "text" };
  if (salts.prompt === undefined) return { what, state: "open", why: "salt" };
  const held = asked.every(({ content }) => content.isWellFormed());
  const same = held && matches(entry.promptC, salts.prompt, "prompt", promptText(asked));
  return { what, state: same ? "yes" : "no" };
}

function matches(committed: unknown, salt: string, kind: Committed, text: string): boolean {
  return committed === commitment(fromHex(salt) ?? new Uint8Array(), kind, text);
}

/** What people read of a document is not what its receipts are about, unless the text is in it. */
function shown(text: string | undefined, document: string | undefined): Finding[] {
  if (document === undefined || text === undefined) return [];
  return [{ what: "shown", state: lines(document).includes(lines(text).trim()) ? "yes" : "no" }];
}

/** Programs write the ends of lines in their own way. */
const lines = (text: string) => composed(text).replace(/\r\n?/g, "\n");

function verdictOf(findings: readonly Finding[]): Verdict {
  const is = (what: Finding["what"]) => findings.find((one) => one.what === what)?.state;
  if (findings.some(({ state }) => state === "no")) return "changed";
  if (is("erasure") === "yes") return "erased";
  return is("answer") === "yes" ? "holds" : "open";
}

/**
 * What the file says of a chain fits the entry and is signed; whether it stands there only the chain
 * can tell. An anchor by another key than the ones that are trusted is none.
 */
export async function anchored(
  { entry, index, anchor }: Pick<ReceiptFile, "entry" | "index" | "anchor">,
  origin: string,
  { keys, onChain }: Known,
): Promise<Finding[]> {
  if (!anchor) return [];
  const what = "anchor";
  const { proof, chain, contract, transaction, at: ts } = anchor;
  const noted = readNote({ checkpoint: anchor.note, key: anchor.key });
  const params = { chain, contract, transaction, ts, size: noted?.point.size ?? 0 };
  const holds =
    noted !== undefined &&
    noted.point.origin === origin &&
    isIn({ entry, index, proof }, noted.point) &&
    (await signature(noted.point, noted.key)).state === "yes" &&
    trust(noted.key, keys).state !== "no";
  if (!holds) return [{ what, state: "no", params }];
  const development = isDevelopment(chain);
  if (!onChain) {
    return [{ what, state: "open", why: development ? "development" : "public", params }];
  }
  if (!(await onChain(anchor, noted.point))) return [{ what, state: "no", why: "chain", params }];
  return [{ what, state: "yes", ...(development && { why: "development" }), params }];
}

/** What is known of an answer, without hashes of what only its person knows. */
function factsOf(entry: LedgerEntry): Checked["entry"] {
  const facts: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(entry)) {
    if (typeof value === "string" || typeof value === "number") facts[name] = value;
  }
  return facts;
}
