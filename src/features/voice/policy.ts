/** What an organisation may decide about voice: the section `[voice]` of its policy. */
import * as z from "zod";

export const voicePolicy = z.strictObject({
  /** Whether anything is heard or spoken here, be it by the server or by a browser's own means. */
  enabled: z.boolean().default(true),
  /** Of one recording. */
  seconds: z.int().min(1).max(780).default(300),
  /** Of one text that is spoken. */
  characters: z.int().min(1).max(100_000).default(4096),
});
export type VoicePolicy = z.output<typeof voicePolicy>;
