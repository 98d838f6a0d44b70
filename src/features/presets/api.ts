/** What the feature says over HTTP: the schemas document its routes, and the page uses their types. */
import * as z from "zod";
import { text } from "../../core/route.ts";

/**
 * As the page sends them to a chat, which looks at them when they are used: a model may be gone by
 * then, and another Charla may know more settings.
 */
const settings = z
  .strictObject({ systemPrompt: text.max(100_000).optional() })
  .catchall(z.union([text.max(1000), z.number(), z.boolean(), z.array(text.max(100)).max(200)]))
  .refine((all) => Object.keys(all).length <= 50, "has more than 50 settings");

const fields = { name: text.trim().min(1).max(100), settings };

/** POST /api/presets */
export const newPreset = z.strictObject(fields);
export const preset = z.object({ id: z.string(), ...fields });
export type Preset = z.output<typeof preset>;

/** GET /api/presets: one's own, newest first. */
export const presetsReply = z.object({ items: z.array(preset) });
export type PresetsReply = z.output<typeof presetsReply>;
