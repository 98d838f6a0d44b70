/**
 * Guard: what comes in holds nothing hidden, what comes from outside is marked, what must not leave
 * does not, and the answer says what was found. Invariants do the work; the score is advice.
 * docs/decisions/0016-guard.md says what this stops and what it cannot stop.
 */
import { randomBytes } from "node:crypto";
import { type Bare, openable } from "../../core/feature.ts";
import { type GuardPolicy, guardPolicy } from "./policy.ts";
import { cleanHere, tallied } from "./removed.ts";
import { SUSPICIOUS } from "./score/index.ts";
import { guardStep, openingOf, type Verdict } from "./step.ts";

export const guard = openable({
  name: "guard",
  policy: { section: "guard", schema: guardPolicy },
  terminal: (bare) => [stepOf(bare)],
  open: (house) => ({
    steps: [stepOf(house)],
    opening: openingOf(house.policy),
    intake: ({ text }) => cleanHere(text),
    layers: () => [tallied],
  }),
});

/** One object for each turn with something to say of it goes to the log, without message text. */
function stepOf({ policy, note, asking }: Bare<GuardPolicy>) {
  const write = note && ((verdict: Verdict) => note(toRecord(verdict, asking()?.id)));
  return guardStep(policy, randomBytes(32), write);
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
