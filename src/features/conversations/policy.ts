/** The section `[sharing]` of the organisation's policy; docs/policy.md explains it. */
import * as z from "zod";

export const sharingPolicy = z.strictObject({
  /** Whether people can make links to snapshots of their chats, and others open them. */
  enabled: z.boolean().default(false),
  max_days: z.int().min(1).max(3650).default(30),
  /** Whether people can let administrators read one of their chats. */
  support: z.boolean().default(true),
  support_max_hours: z.int().min(1).max(720).default(72),
});
export type SharingPolicy = z.output<typeof sharingPolicy>;
