/** What the feature says over HTTP: the schemas document its routes, and the page uses their types. */
import * as z from "zod";

/** A part to be taken along, whole or from a byte on (`Range`). */
const part = {
  /** Of the whole file. */
  bytes: z.number(),
  /** SHA-256, hexadecimal. */
  digest: z.string(),
  licence: z.string(),
};

const model = z.object({
  id: z.string(),
  name: z.string(),
  description: z.object({ en: z.string(), es: z.string() }),
  quantisation: z.string(),
  /** Tokens. */
  contextWindow: z.number(),
  /** It answers by default here. */
  current: z.boolean(),
  /** Why it cannot be taken along, if it cannot: no chat template of its own, or beyond 2 GiB. */
  unfit: z.enum(["template", "large"]).nullable(),
  ...part,
});

/** GET /api/offline */
export const offlineReply = z.object({
  engine: z.object({ version: z.string(), ...part }),
  /** Those that are on this server, as they are. */
  models: z.array(model),
});
export type OfflineReply = z.output<typeof offlineReply>;
export type OfflineModel = z.output<typeof model>;

// The bytes, with `Range` for the rest of a download that was cut:
// GET /api/offline/engine
// GET /api/offline/models/:id
