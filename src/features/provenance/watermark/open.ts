/** The room of the watermark: marks answers by the policy, and recognises texts that were marked. */
import { RateLimiterMemory } from "rate-limiter-flexible";
import type * as z from "zod";
import { whoAsksIfAny } from "../../../core/access.ts";
import type { House } from "../../../core/feature.ts";
import { route } from "../../../core/route.ts";
import type { ProvenancePolicy } from "../policy.ts";
import type { RoomOpened } from "../together.ts";
import { detectBody, detectReply } from "./api.ts";
import { detect } from "./detect.ts";
import { detectorBusy, noWords } from "./errors.ts";
import { WatermarkKeys } from "./keys.ts";
import { markStep } from "./step.ts";
import { verifyTool } from "./tool.ts";

/** Who tries many texts learns how to take a mark out, or to put one in. */
const A_MINUTE = 20;

export function watermark(house: House<ProvenancePolicy>): RoomOpened {
  const { policy, db, vault, engines, asking } = house;
  let keys: WatermarkKeys | undefined;
  const known = () => {
    keys ??= new WatermarkKeys(db, vault, policy.watermark_days);
    return keys;
  };
  const limiter = new RateLimiterMemory({ points: A_MINUTE, duration: 60 });
  const pass = async () => {
    const who = whoAsksIfAny()?.id ?? asking()?.network ?? "";
    await limiter.consume(who).catch((thrown: { msBeforeNext?: number }) => {
      if (thrown instanceof Error) throw thrown;
      throw detectorBusy(Math.ceil((thrown.msBeforeNext ?? 60_000) / 1000));
    });
  };
  const look = async (body: z.output<typeof detectBody>, signal: AbortSignal) => {
    await pass();
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    try {
      const engine = await engines.get(body.model, either);
      const { tokenize, detokenize } = engine;
      if (!tokenize || !detokenize) throw noWords(engine.card.id);
      const words = { tokenize, detokenize };
      const { key, ...told } = await detect(body.text, await known().all(), words, either);
      return { ...told, ...(key && { key: { id: key.id, since: key.since } }) };
    } finally {
      over.abort();
    }
  };
  return {
    tools: async () => [verifyTool((text, signal) => look({ text }, signal))],
    steps: [markStep(policy.watermark, () => known().current())],
    routes: [
      route({
        method: "post",
        path: "/api/provenance/detect",
        access: policy.verify === "anyone" ? "anyone" : "session",
        summary: "Says whether a text carries the mark of this server, and where.",
        body: detectBody,
        reply: detectReply,
        handle: ({ body, signal }) => look(body, signal),
      }),
    ],
  };
}
