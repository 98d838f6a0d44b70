/** The entry of an answer: how it came to be, and nothing of what it says or of whom. */
import { createHmac } from "node:crypto";
import type { Settings } from "../../../core/feature.ts";
import type { LedgerEntry } from "../../../core/ledger.ts";
import { composed } from "../../../core/normal.ts";
import type { Guarded } from "../../../core/provenance.ts";
import type { Answered } from "../../../core/receipts.ts";
import type { Committed } from "../verify/commitment.ts";

/** Names of models are for people, and come from files. */
const MAX_NAME = 200;

export interface About {
  readonly id: string;
  readonly userTag: string;
  readonly convTag: string | null;
  readonly promptC: string;
  readonly answerC: string;
  /** By which its person can prove that the log has an answer of theirs; null for one without. */
  readonly zkLeaf: string | null;
}

export function entryOf(
  { model, made, seed, sampling, guard, mark, status, tokens }: Answered,
  about: About,
  settings: Pick<Settings, "remote" | "policyVersion" | "version">,
): LedgerEntry {
  const { temperature, topP } = sampling;
  return {
    v: 1,
    ts: new Date().toISOString(),
    kind: "answer",
    ...about,
    // Who names a model by a path tells where it lies, and whose folder that is.
    model: (model.name.split(/[\\/]/).at(-1) ?? "").toWellFormed().slice(0, MAX_NAME),
    modelSha256: model.digest ?? null,
    quantisation: model.quantisation ?? null,
    engine: `charla ${settings.version}${settings.remote ? ", remote" : ""}`,
    adapterSha256: made?.adapter?.digest ?? null,
    templateSha256: made?.template ?? null,
    sampler: made?.sampler ?? `temperature ${temperature}, top-p ${topP}`,
    seed: seed ?? null,
    wmKeyId: mark?.key ?? null,
    tokens: tokens ?? null,
    status,
    guardVerdict: verdict(guard),
    policyVer: settings.policyVersion,
  };
}

/** "clean", or what was found, by name. */
function verdict(guard: Guarded = {}): string {
  const found = [
    guard.suspicious === true && "suspicious",
    ...Object.keys(guard.removed ?? {}).map((kind) => `removed ${kind}`),
    ...Object.keys(guard.withheld ?? {}).map((kind) => `withheld ${kind}`),
    (guard.sources ?? []).length > 0 && "sources",
  ].filter((one) => one !== false);
  return found.length === 0 ? "clean" : found.sort().join(", ");
}

/** As `commitment` in `verify/commitment.ts`, by the library of the server, which is faster. */
export function commit(salt: Uint8Array, kind: Committed, text: string): string {
  const hmac = createHmac("sha256", salt).update(`${kind}/v1`);
  return hmac.update(composed(text), "utf8").digest("hex");
}
