/** What the feature says over HTTP: the schemas document its routes, and the page uses their types. */
import * as z from "zod";
import { text } from "../../core/route.ts";

export const part = z.object({
  id: z.string(),
  name: z.string(),
  /** engine, data: what the others need; format: sound that is neither heard nor spoken without it. */
  kind: z.enum(["engine", "data", "format", "hears", "speaks"]),
  languages: z.array(z.string()),
  licence: z.string(),
  /** Of its download. */
  bytes: z.number(),
  /** fetching: on its way, or about to be. */
  state: z.enum(["absent", "fetching", "ready"]),
  /** Fetched where nobody names parts. */
  usual: z.boolean(),
});
export type VoicePart = z.output<typeof part>;

/** GET, POST and DELETE /api/voice */
export const voice = z.object({
  parts: z.array(part),
  /** Languages that it understands and speaks now. */
  hears: z.array(z.string()),
  speaks: z.array(z.string()),
  /** Bytes of the download that is under way; null while there is none. */
  done: z.number().nullable(),
  total: z.number().nullable(),
});
export type Voice = z.output<typeof voice>;

/** POST /api/voice; without `parts` those that are usual. */
export const fetchBody = z.strictObject({ parts: z.array(z.string().max(40)).max(20).optional() });
/** DELETE /api/voice ends the download that is under way; without one it deletes the part, or all. */
export const removeQuery = z.strictObject({ part: z.string().max(40).optional() });

const language = z
  .string()
  .regex(/^[a-zA-Z]{2,3}([-_]\w{2,8})?$/, "is no language, such as es or en")
  .transform((tag) => (tag.split(/[-_]/)[0] ?? "").toLowerCase());

/** POST /v1/audio/transcriptions, a form; source: OpenAI's reference, "Create transcription". */
export const transcriptionForm = z.strictObject({
  file: z.instanceof(Blob),
  model: z.string().max(200).optional(),
  language: language.optional(),
  response_format: z.enum(["json", "text", "verbose_json"]).default("json"),
  /** Always so. */
  temperature: z.literal("0").optional(),
  "timestamp_granularities[]": z.literal("segment").optional(),
});

export const transcription = z.object({
  text: z.string(),
  /** From here on of `verbose_json`. */
  task: z.literal("transcribe").optional(),
  language: z.string().optional(),
  /** In seconds. */
  duration: z.number().optional(),
  segments: z
    .array(z.object({ id: z.number(), start: z.number(), end: z.number(), text: z.string() }))
    .optional(),
});
export type Transcription = z.output<typeof transcription>;

/** POST /v1/audio/speech; source: OpenAI's reference, "Create speech". */
export const speechBody = z.strictObject({
  model: z.string().max(200).optional(),
  input: text.min(1).max(100_000),
  voice: z.string().max(200).default("default"),
  response_format: z.enum(["wav", "opus"]).default("wav"),
  speed: z.number().min(0.25).max(4).default(1),
  /** Of the text, where the voice does not say it; not OpenAI's. */
  language: language.optional(),
});
