/** The section `[personal_data]` of the organisation's policy. */
import * as z from "zod";
import { KINDS } from "./kinds.ts";
import { MODES } from "./modes.ts";

export const personalDataPolicy = z.strictObject({
  /** The least that every chat does; a chat can do more. */
  floor: z.enum(MODES).default("off"),
  /** What a chat does that says nothing itself. */
  default: z.enum(MODES).default("off"),
  /** The kinds that are looked for. */
  kinds: z.array(z.enum(KINDS)).default([...KINDS]),
  /** Values that are nobody's secret, such as the organisation's own; "@example.org" is a domain. */
  allow: z.array(z.string().min(2)).default([]),
  /** Whether the local model looks for names and addresses, too. */
  names: z.enum(["off", "model"]).default("off"),
  /** Whether the answers of the API come with the values in the place of their placeholders. */
  restore_in_api: z.boolean().default(true),
});
export type PersonalDataPolicy = z.output<typeof personalDataPolicy>;
