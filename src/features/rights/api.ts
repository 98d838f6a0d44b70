/** What the feature rights says over HTTP; the page uses these types. */
import * as z from "zod";
import { text } from "../../core/route.ts";

/** GET /api/rights: what the page tells of the rules. */
export const rulesReply = z.object({
  /** Id of who asks. */
  person: z.string(),
  /** What has to be typed to erase it all; null: one of {@link WORDS}. */
  name: z.string().nullable(),
  auditMonths: z.number(),
  /** null: chats stay. */
  unusedChatDays: z.number().nullable(),
  deletedChatMinutes: z.number(),
  backupDays: z.number(),
  /** Address of the server that is sent every chat; null where none is. */
  sentTo: z.string().nullable(),
});
export type Rules = z.output<typeof rulesReply>;

/** POST /api/rights/export: a ZIP archive, made while it is sent. */
export const exportBody = z.strictObject({ language: z.enum(["en", "es"]).default("en") });

/** What has to be typed, in either language, where there is no name to type. */
export const WORDS = ["ERASE", "ELIMINAR"] as const;

/** POST /api/rights/erase, POST /api/rights/people/:person/erase */
export const eraseBody = z.strictObject({
  /** The person's name or, where there are no accounts, one of {@link WORDS}. */
  confirm: text
    .max(300)
    .describe("The person's name; where there are no accounts, ERASE or ELIMINAR."),
});

/** For people; `what` beside them is for programs. */
const words = z.object({ en: z.string(), es: z.string() });

export const report = z.object({
  person: z.string(),
  at: z.iso.datetime(),
  erased: z.array(z.object({ what: z.string(), words, count: z.number() })),
  kept: z.array(
    z.object({
      what: z.string(),
      words,
      /** null where it cannot be known. */
      count: z.number().nullable(),
      why: words,
      until: z.iso.datetime().nullable(),
    }),
  ),
});
export type Report = z.output<typeof report>;
