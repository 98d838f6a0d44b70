/** The room of the replay: the owner of an answer has it computed again. */
import { whoAsks } from "../../../core/access.ts";
import type { House } from "../../../core/feature.ts";
import { spend } from "../../../core/metered.ts";
import type { ReceiptFile } from "../../../core/receipts.ts";
import { route } from "../../../core/route.ts";
import type { ProvenancePolicy } from "../policy.ts";
import { commit } from "../receipts/entry.ts";
import { receiptUnknown } from "../receipts/errors.ts";
import type { Keeper } from "../receipts/keeper.ts";
import type { RoomOpened } from "../together.ts";
import { type Committed, promptText } from "../verify/commitment.ts";
import { WatermarkKeys } from "../watermark/keys.ts";
import { type ReplayReply, replayBody, replayReply } from "./api.ts";
import { type Claim, replayed, replayStep } from "./replay.ts";
import { verdictOf } from "./verdict.ts";

type Ground = Pick<House<ProvenancePolicy>, "run" | "db" | "vault" | "policy">;

export function openReplay(house: House<ProvenancePolicy>, keeper: Keeper): RoomOpened {
  return {
    steps: [replayStep(house.engines)],
    routes: [
      route({
        method: "post",
        path: "/api/provenance/replay",
        computes: true,
        summary: "Computes one's own answer again, and says how many of its tokens come out.",
        body: replayBody,
        reply: replayReply,
        async handle({ body: { receipt, ...given }, signal }) {
          const file = await keeper.bare(whoAsks().id, receipt);
          if (!file) throw receiptUnknown();
          const { text, prompt, model } = given;
          const { entry, salts } = file;
          const reply = await replay(house, { entry, salts, text, prompt, model }, signal);
          spend(reply.tokens);
          return reply;
        },
      }),
    ],
  };
}

/** @throws CharlaError what `replayed` throws */
export async function replay(
  { run, db, vault, policy }: Ground,
  claim: Claim & Pick<ReceiptFile, "salts">,
  signal: AbortSignal,
): Promise<ReplayReply> {
  const keys = () => new WatermarkKeys(db, vault, policy.watermark_days).all();
  const { places, card } = await replayed({ run, keys }, claim, signal);
  const { salts, text, prompt } = claim;
  const { modelSha256, answerC, promptC } = claim.entry;
  const differs = (salt: string | undefined, kind: Committed, of: string, known: unknown) =>
    salt !== undefined && commit(Buffer.from(salt, "hex"), kind, of) !== known;
  const changed = {
    text: differs(salts.answer, "answer", text, answerC),
    prompt: differs(salts.prompt, "prompt", promptText(prompt), promptC),
  };
  const { edits, ...told } = verdictOf(places, salts.answer !== undefined && !changed.text);
  // What comes out of another question is no sign of an edit.
  const verdict = told.verdict === "edited" && changed.prompt ? "different" : told.verdict;
  return {
    ...{ ...told, verdict },
    model: card?.name ?? "",
    changed,
    file: card?.digest && modelSha256 ? card.digest === modelSha256 : null,
    places: places.flatMap((one, token) =>
      one.behind > 0 ? [{ token, ...one, edited: edits.includes(token) }] : [],
    ),
  };
}
