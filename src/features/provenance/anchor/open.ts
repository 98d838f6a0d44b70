/** Anchors the log by the policy, tells which anchors there are, and makes one when it is asked to. */
import * as z from "zod";
import { whoAsks } from "../../../core/access.ts";
import type { House, Settings } from "../../../core/feature.ts";
import type { JobKind } from "../../../core/jobs.ts";
import { route } from "../../../core/route.ts";
import type { Groups } from "../membership/groups.ts";
import type { ProvenancePolicy } from "../policy.ts";
import type { RoomOpened } from "../together.ts";
import { Anchors, anchor, noteHash, type Pending, pending } from "./anchors.ts";
import type { Hex } from "./contract.ts";
import { nothingNew, notSetUp } from "./errors.ts";
import { send } from "./send.ts";
import { STEPS } from "./steps.ts";
import type { Step } from "./types.ts";
import type { Place } from "./worker.ts";

/** Milliseconds between two looks whether the policy wants an anchor. */
const LOOK_MS = 10 * 60_000;

/** The root of a group where there is none. */
const NOBODY = "0".repeat(64);

type Policy = NonNullable<ProvenancePolicy["anchor"]>;

const input = z.strictObject({});
type Kind = JobKind<z.output<typeof input>, Pending>;

export function openAnchor(
  house: House<ProvenancePolicy>,
  groups: Pick<Groups, "renew">,
): RoomOpened {
  const { db, ledger, settings, policy } = house;
  const anchors = new Anchors(db, ledger, groups);
  const { anchor: wanted } = policy;
  const stopping = new AbortController();
  const kind: Kind = {
    ...{ name: "provenance.anchor", lane: "net", unit: "items", input, saved: pending },
    label: { en: "Anchoring of the log", es: "Anclaje del registro" },
    // One account writes, one transaction at a time.
    same: () => "anchor",
    async run({ saved, save, note, signal, progress }) {
      if (!wanted) throw notSetUp();
      const state = saved ?? (await anchors.take());
      if (!state) return;
      await save(state);
      progress(0, 1);
      const tell = (step: Step) => note(STEPS[step]);
      await anchors.save(state, await put(settings, wanted, state, signal, tell));
      progress(1, 1);
    },
  };
  return {
    facts: { anchored: wanted !== undefined },
    jobs: [kind],
    every: wanted ? [regularly(wanted)] : [],
    stop: () => stopping.abort(),
    routes: [
      route({
        ...{ method: "get", path: "/api/provenance/anchors" },
        access: policy.log === "public" ? "anyone" : "administrator",
        summary: "Lists where the log is anchored on a chain, newest first.",
        reply: z.object({ anchors: z.array(anchor) }),
        handle: async () => ({ anchors: await anchors.list() }),
      }),
      route({
        ...{ method: "post", path: "/api/provenance/anchors", access: "administrator" },
        summary: "Anchors the log as it is now; the job tells how far that is.",
        reply: z.object({ job: z.string() }),
        async handle() {
          if (!wanted) throw notSetUp();
          if (!(await anchors.next())) throw nothingNew();
          const owner = whoAsks().id;
          // Before the log's state is taken: afterwards the act would be a reason for another anchor.
          await house.others.record({ actor: owner, act: "provenance.anchors" });
          return { job: (await house.jobs.begin(kind, owner, {})).id };
        },
      }),
    ],
  };

  function regularly(wanted: Policy) {
    /** Goes on with the same after a failure, as it may be on its way already. */
    let state: Pending | undefined;
    return {
      ms: LOOK_MS,
      failed: "The log could not be anchored.",
      async run() {
        const { every_hours: hours, every_entries: entries } = wanted;
        if (!state && !(await anchors.due({ hours, entries }))) return;
        state ??= await anchors.take();
        if (!state) return;
        await anchors.save(state, await put(settings, wanted, state, stopping.signal));
        state = undefined;
      },
    };
  }
}

/** @throws CharlaError what `send` throws */
export async function put(
  settings: Settings,
  { chain, contract, block, max_gwei: maxGwei }: Policy,
  { size, root, note, zkRoot = NOBODY }: Pending,
  signal: AbortSignal,
  tell?: (step: Step, transaction: string) => void,
): Promise<Place> {
  const anchor = {
    ...{ contract: contract as Hex, since: block, size },
    ...{ root: `0x${root}` as const, zkRoot: `0x${zkRoot}` as const, noteHash: noteHash(note) },
  };
  const result = await send(settings, { chain, maxGwei, anchor }, signal, tell);
  if (!("place" in result)) throw new TypeError("the process has sent no place");
  return result.place;
}
