/** Looks at what somebody gives: a receipt or an export here, a text by the server, which has the keys. */
import { parseVerifier, type Verifier } from "../../../../src/core/tlog/note.ts";
import type { Credentials } from "../../../../src/features/provenance/c2pa/api.ts";
import { armourOf, MAX_LABELLED } from "../../../../src/features/provenance/c2pa/armour.ts";
import { withoutWrappers, wrappersIn } from "../../../../src/features/provenance/c2pa/wrapper.ts";
import type { Expected } from "../../../../src/features/provenance/membership/check.ts";
import type { Report } from "../../../../src/features/provenance/verify/report.ts";
import { verify } from "../../../../src/features/provenance/verify/verify.ts";
import { type Problem, request, toProblem } from "../../chat/problem.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { readCredentials } from "./credentials.ts";

/** What the detector says; `watermark/api.ts` explains the fields. */
export interface Detected {
  readonly verdict: "found" | "unclear" | "none" | "inconclusive";
  readonly chance: number;
  readonly tokens: number;
  readonly scored: number;
  readonly key?: { readonly id: string; readonly since: string };
  readonly heat?: readonly { readonly from: number; readonly to: number; readonly level: number }[];
}

export type Looked =
  | { readonly report: Report }
  | {
      readonly text: string;
      readonly detected: Detected | Problem;
      readonly credentials?: Credentials;
    };

export async function look(given: string | Uint8Array, expected?: Expected): Promise<Looked> {
  const report = await verify(given, { keys: await keys(), expected, readLabel });
  if (report.kind !== "text" || report.problem) return { report };
  const whole = typeof given === "string" ? given : new TextDecoder().decode(given);
  const isLabelled = wrappersIn(whole).length > 0 || armourOf(whole).find(whole) !== undefined;
  const credentials = isLabelled && (await readCredentials(whole));
  const text = withoutWrappers(whole);
  const looked = sendJson<Detected>("POST", "/api/provenance/detect", { text });
  // A label says what it says, also where no mark can be looked for.
  const detected = await (credentials ? looked.catch(toProblem) : looked);
  return { text, detected, ...(credentials && { credentials }) };
}

/** By the server, which has the library; not where the file is too large for it, or it does not answer. */
const readLabel = async (file: string) =>
  file.length > MAX_LABELLED ? undefined : readCredentials(file).catch(() => undefined);

/** All that this server's log ever had. */
async function keys(): Promise<readonly Verifier[]> {
  const { keys } = await getJson<{ keys: readonly { verifier: string }[] }>("/log/keys");
  return keys.map(({ verifier }) => parseVerifier(verifier));
}

/** A receipt of one's own, by the path that stands behind "#". */
export async function fetchReceipt(path: string): Promise<string> {
  if (!/^\/api\/conversations\/[\w-]+\/messages\/[\w-]+\/receipt$/.test(path)) return "";
  return (await request(path)).text();
}
