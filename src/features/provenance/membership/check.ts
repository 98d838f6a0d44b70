/** Checks a proof of membership by nothing but itself, and by what its verifier has asked for. */

import { composed } from "../../../core/normal.ts";
import type { Json } from "../../../core/tlog/canonical.ts";
import type { parseCheckpoint } from "../../../core/tlog/checkpoint.ts";
import { anchored, isIn, type Known, readNote, signature, trust } from "../verify/check.ts";
import type { Checked, Finding, State } from "../verify/report.ts";
import { isNewer } from "../verify/shape.ts";
import { isMembership, type MembershipFile, unpack } from "./file.ts";
import { holds } from "./groth16/check.ts";
import { LEAST_LEAVES } from "./group.ts";
import { parseField } from "./identity.ts";
import { hashed, messageNumber, scopeNumber } from "./statement.ts";
import { SEMAPHORE_20 } from "./verifying-key.ts";

/** What a verifier knows; what it does not give is not compared. */
export interface Expected {
  readonly scope?: string | undefined;
  readonly challenge?: string | undefined;
  /** Nullifiers of proofs that were taken before in this scope, in decimal digits. */
  readonly seen?: readonly string[] | undefined;
}

export async function checkMembership(
  file: Json,
  known: Known,
  expected: Expected,
): Promise<Checked> {
  const bare = { findings: [], entry: {}, text: undefined };
  if (isNewer(file)) return { verdict: "newer", ...bare };
  if (!isMembership(file)) return { verdict: "broken", ...bare };
  const noted = readNote(file.group);
  if (!noted) return { verdict: "broken", ...bare };
  const { point, key } = noted;
  const findings = [
    await signature(point, key),
    trust(key, known.keys),
    group(file, point),
    member(file),
    ...said(file),
    asked("scope", file.statement.scope, expected.scope),
    asked("challenge", file.statement.challenge, expected.challenge),
    nullifier(file, expected.seen),
    ...(await anchored(file.group, point.origin, known)),
  ];
  const is = (what: Finding["what"]) => findings.find((one) => one.what === what)?.state;
  const wrong = findings.some(({ state }) => state === "no");
  const whole = is("scope") === "yes" && is("challenge") === "yes";
  const { statement, semaphore } = file;
  return {
    verdict: wrong ? "changed" : whole ? "holds" : "open",
    findings,
    entry: { ...statement, nullifier: semaphore.nullifier, ...factsOf(file) },
    text: undefined,
  };
}

function group(
  { group: named }: MembershipFile,
  point: ReturnType<typeof parseCheckpoint>,
): Finding {
  const { entry, index } = named;
  const [what, leaves] = ["group" as const, Number(entry.leaves)];
  const params = { place: index + 1, size: point.size, leaves, least: LEAST_LEAVES };
  const inLog = isIn(named, point) && Number(entry.before) <= index;
  if (!inLog) return { what, state: "no", params };
  if (leaves < LEAST_LEAVES) return { what, state: "no", why: "small", params };
  return { what, state: "yes", params };
}

function member({ group: named, statement, semaphore }: MembershipFile): Finding {
  const what = "member";
  const params = { leaves: Number(named.entry.leaves) };
  const root = BigInt(semaphore.merkleTreeRoot);
  if (root !== parseField(named.entry.root)) return { what, state: "no", why: "group", params };
  const [scope, message] = [scopeNumber(statement.scope), messageNumber(statement)];
  const same = BigInt(semaphore.scope) === scope && BigInt(semaphore.message) === message;
  if (!same) return { what, state: "no", why: "statement", params };
  const publics = [root, BigInt(semaphore.nullifier), hashed(message), hashed(scope)];
  const proved = holds(SEMAPHORE_20, unpack(semaphore.points), publics);
  return { what, state: proved ? "yes" : "no", params };
}

/** What its maker says with it; the finding before says whether it is theirs. */
const said = ({ statement: { claim } }: MembershipFile): Finding[] =>
  claim === "" ? [] : [{ what: "claim", state: "open", params: { claim } }];

function asked(what: "scope" | "challenge", given: string, wanted: string | undefined): Finding {
  const same = wanted !== undefined && composed(given) === composed(wanted);
  const state: State = wanted === undefined ? "open" : same ? "yes" : "no";
  return { what, state, params: { given } };
}

function nullifier({ semaphore }: MembershipFile, seen: Expected["seen"]): Finding {
  const params = { nullifier: semaphore.nullifier };
  const state = seen === undefined ? "open" : seen.includes(semaphore.nullifier) ? "no" : "yes";
  return { what: "nullifier", state, params };
}

function factsOf({ group: { entry, index } }: MembershipFile): Record<string, string | number> {
  const { leaves, before, root, ts } = entry;
  return { leaves: Number(leaves), before: Number(before), root: String(root), index, ts };
}
