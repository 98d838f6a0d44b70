/**
 * The log for monitors and witnesses: its checkpoints and tiles by the paths of C2SP's tlog-tiles, and
 * beside them proofs for whoever keeps no tiles. Who may read it is the policy's.
 */
import * as z from "zod";
import type { House, Opened } from "../../../core/feature.ts";
import { route } from "../../../core/route.ts";
import { concat, toBase64, utf8 } from "../../../core/tlog/bytes.ts";
import { bundleOf, parsePath, TILE_WIDTH, widthIn } from "../../../core/tlog/tiles.ts";
import type { ProvenancePolicy } from "../policy.ts";
import { receiptReply } from "../receipts/api.ts";
import type { Keeper } from "../receipts/keeper.ts";
import { noSuchTile } from "./errors.ts";

const index = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 31 - 1);
/** Bytes of a note with many signatures. */
const MAX_NOTE = 100_000;
/** What is asked by name never changes. */
const FOREVER = "public, max-age=31536000, immutable";

export function openLog(
  { ledger, policy }: Pick<House<ProvenancePolicy>, "ledger" | "policy">,
  keeper: Keeper,
): Pick<Opened, "routes"> {
  const access = policy.log === "public" ? "anyone" : "administrator";
  const note = (text: string) =>
    new Response(text, {
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  return {
    routes: [
      route({
        ...{ method: "get", path: "/log/checkpoint", access },
        summary: "The newest checkpoint of the log: a signed note (c2sp.org/tlog-checkpoint).",
        gives: ["text/plain"],
        handle: async () => note((await ledger.checkpoint()).note),
      }),
      route({
        ...{ method: "get", path: "/log/keys" },
        // Who has a receipt looked at needs them.
        access: access === "anyone" || policy.verify === "anyone" ? "anyone" : "session",
        summary: "The public keys of the log, the one that signs now first.",
        reply: z.object({
          keys: z.array(
            z.object({ verifier: z.string(), since: z.string(), until: z.string().nullable() }),
          ),
        }),
        handle: async () => ({ keys: await ledger.keys() }),
      }),
      route({
        ...{ method: "get", path: "/log/tile/:path{.+}", access },
        summary: "A tile of hashes or a bundle of entries (c2sp.org/tlog-tiles).",
        gives: ["application/octet-stream"],
        async handle({ params: { path = "" } }) {
          const tile = parsePath(`tile/${path}`);
          if (!tile) throw noSuchTile();
          const { size } = await ledger.checkpoint();
          const level = tile.level === "entries" ? 0 : tile.level;
          if (widthIn(size, { level, index: tile.index }) < tile.width) throw noSuchTile();
          const bytes = await (tile.level === "entries"
            ? bundle(tile.index, tile.width)
            : hashes(level, tile.index, tile.width));
          return new Response(bytes, {
            headers: { "content-type": "application/octet-stream", "cache-control": FOREVER },
          });
        },
      }),
      route({
        ...{ method: "get", path: "/log/entries/:index", access },
        summary: "One entry with its proof in the newest checkpoint, and whether it was erased.",
        reply: receiptReply,
        async handle({ params }) {
          const at = index.safeParse(params.index);
          if (!at.success) throw noSuchTile();
          return keeper.proved(at.data);
        },
      }),
      route({
        ...{ method: "get", path: "/log/consistency", access },
        summary: "Proves that the log at one size begins with all that it was at a smaller one.",
        query: z.strictObject({ first: index, second: index }),
        reply: z.object({ proof: z.array(z.string()) }),
        async handle({ query: { first, second } }) {
          return { proof: (await ledger.consistency(first, second)).map(toBase64) };
        },
      }),
      route({
        ...{ method: "post", path: "/log/cosignatures", access },
        summary:
          "Takes the cosignature of a witness under the newest checkpoint, as a signed note.",
        gives: ["text/plain"],
        body: z.strictObject({ note: z.string().max(MAX_NOTE) }),
        handle: async ({ body }) => note((await ledger.cosign(body.note, policy.witnesses)).note),
      }),
    ],
  };

  async function hashes(level: number, tile: number, width: number) {
    return concat(...(await ledger.tile(level, tile, width)));
  }
  async function bundle(tile: number, width: number) {
    const from = tile * TILE_WIDTH;
    return bundleOf((await ledger.entries(from, from + width)).map(utf8));
  }
}
