/**
 * Guard: what comes in holds nothing hidden, what comes from outside is marked, what must not leave
 * does not, and the answer says what was found. Invariants do the work; the score is advice.
 * docs/decisions/0016-guard.md says what this stops and what it cannot stop.
 */
import { randomBytes } from "node:crypto";
import type { Feature } from "../../core/feature.ts";
import type { GuardPolicy } from "./policy.ts";
import { cleanHere, tallied } from "./removed.ts";
import { SUSPICIOUS } from "./score/index.ts";
import { guardStep, openingOf, type Verdict } from "./step.ts";

export { guardPolicy } from "./policy.ts";

export interface GuardOptions {
  readonly policy: GuardPolicy;
  /** Gets one object for a turn with something to say of it; it holds no message text. */
  readonly record?: ((entry: object) => void) | undefined;
  /** The HTTP request that the caller works for; none on the command line. */
  asking(): { readonly id: string } | undefined;
}

export function guard({ policy, record, asking }: GuardOptions): Feature {
  const write = record && ((verdict: Verdict) => record(toRecord(verdict, asking()?.id)));
  return {
    name: "guard",
    steps: [guardStep(policy, randomBytes(32), write)],
    opening: openingOf(policy),
    intake: async ({ text }) => cleanHere(text),
    layers: () => [tallied],
  };
}

/** Names of tools and files are texts, too: only their kinds are written down. */
function toRecord({ origin, guard }: Verdict, request: string | undefined): object {
  const { score = 0, signs, removed, sources, withheld } = guard;
  const kinds = sources && [...new Set(sources.map(({ kind }) => kind))];
  const level = score >= SUSPICIOUS || withheld ? "warn" : "info";
  return {
    event: "guard",
    level,
    request,
    origin,
    score,
    signs,
    removed,
    sources: kinds,
    withheld,
  };
}
