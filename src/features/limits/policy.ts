/** What an organisation may decide about limits: the section `[limits]` of its policy. */
import * as z from "zod";

/** 0 is no limit. */
const limit = (usual: number) => z.int().min(0).max(1e12).default(usual);

export const limitsPolicy = z.strictObject({
  /** Of tokens that models write for a person, by UTC months; administrators can set another one. */
  tokens_per_month: limit(0),
  /** Of a person's chats and links, in 10^6 bytes; those that can still be restored included. */
  megabytes_stored: limit(1000),
  requests_per_minute: z
    .strictObject({ person: limit(600), key: limit(300), address: limit(3000) })
    .prefault({}),
  tokens_per_minute: z.strictObject({ person: limit(0), key: limit(0) }).prefault({}),
  at_once: z
    .strictObject({
      /** Answers that are written for a person, those that wait for their turn included. */
      answers: limit(16),
      /** Requests that have not ended, streams above all. */
      requests: limit(64),
      requests_of_address: limit(1024),
    })
    .prefault({}),
  /** Wrong passwords, codes and tokens for an account from an address before waiting begins. */
  sign_in_tries: z.int().min(1).max(100).default(5),
});

export type LimitsPolicy = z.output<typeof limitsPolicy>;
