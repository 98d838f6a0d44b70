/** Membership: the leaves that go with questions, the groups of them, and what a browser needs to prove. */
import * as z from "zod";
import type { House, Opened } from "../../../core/feature.ts";
import { route } from "../../../core/route.ts";
import type { ProvenancePolicy } from "../policy.ts";
import { receiptReply } from "../receipts/api.ts";
import type { Keeper } from "../receipts/keeper.ts";
import { noSuchGroup, partsMissing } from "./errors.ts";
import { LEAST_LEAVES } from "./group.ts";
import type { Groups } from "./groups.ts";
import { carriesLeaf } from "./leaves.ts";
import { hasParts, PART_NAMES, readPart } from "./parts.ts";

const index = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1);
/** What is asked by name never changes; only its person's browser keeps it. */
const FOREVER = "private, max-age=31536000, immutable";

const status = z.object({
  /** Secrets that are in the log. */
  leaves: z.number(),
  /** So many are needed for a proof. */
  least: z.number(),
  /** Whether this server has what proves. */
  ready: z.boolean(),
});

export function openMembership(
  { policy, settings }: Pick<House<ProvenancePolicy>, "policy" | "settings">,
  keeper: Keeper,
  groups: Groups,
): Pick<Opened, "routes" | "facts" | "layers"> {
  const on = policy.membership === "on";
  if (!on) return { facts: { membership: false } };
  const bytes = (body: Uint8Array<ArrayBuffer>, type = "application/octet-stream") =>
    new Response(body, { headers: { "content-type": type, "cache-control": FOREVER } });
  return {
    facts: { membership: true },
    layers: ({ method }) => (method === "post" ? [carriesLeaf] : []),
    routes: [
      route({
        ...{ method: "get", path: "/api/provenance/membership", access: "session" },
        summary: "Says how many secrets of answers are in the log, and whether they can be proved.",
        reply: status,
        async handle() {
          const ready = await hasParts(settings.home);
          return { leaves: await groups.count(), least: LEAST_LEAVES, ready };
        },
      }),
      route({
        ...{ method: "post", path: "/api/provenance/groups", access: "session" },
        summary: "Gives the group of all secrets in the log, with its proof; at least 20 of them.",
        reply: receiptReply,
        async handle() {
          const { seq } = await groups.newest();
          return keeper.proved(seq);
        },
      }),
      route({
        ...{ method: "get", path: "/api/provenance/groups/:index/leaves", access: "session" },
        gives: ["application/octet-stream"],
        summary: "The leaves of a group in their order, 32 bytes each, most significant first.",
        async handle({ params }) {
          const at = index.safeParse(params.index);
          if (!at.success) throw noSuchGroup();
          const leaves = await groups.leaves(at.data);
          return bytes(new Uint8Array(Buffer.from(leaves.join(""), "hex")));
        },
      }),
      route({
        ...{ method: "get", path: "/api/provenance/membership/:part", access: "session" },
        gives: ["application/octet-stream"],
        summary: "The circuit of Semaphore v4 at depth 20 (.wasm), or its proving key (.zkey).",
        async handle({ params }) {
          const part = PART_NAMES.find((name) => name === params.part);
          if (!part) throw partsMissing();
          const type = part.endsWith(".wasm") ? "application/wasm" : undefined;
          return bytes(await readPart(settings.home, part), type);
        },
      }),
    ],
  };
}
