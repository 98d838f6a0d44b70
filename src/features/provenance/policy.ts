/** The section `[provenance]` of the organisation's policy; docs/policy.md explains it. */
import * as z from "zod";
import { parseVerifier } from "../../core/tlog/note.ts";

export const provenancePolicy = z.strictObject({
  /** Who may read the log: its checkpoints, its tiles and its entries. */
  log: z.enum(["administrators", "public"]).default("administrators"),
  /**
   * Whether answers are marked by a secret key, by which they can be recognised: never; where it can be
   * done; or always, so that what cannot be marked is refused.
   */
  watermark: z.enum(["off", "on", "required"]).default("on"),
  /** Days after which another key marks; 0 is never. All that ever marked are recognised. */
  watermark_days: z.int().min(0).max(36_500).default(365),
  /** Who may have a text or a receipt looked at. */
  verify: z.enum(["accounts", "anyone"]).default("accounts"),
  /** Public keys of those who may cosign the log, as signed notes write them. */
  witnesses: z
    .array(z.string().refine(isVerifier, "is not the public key of a witness"))
    .default([]),
  /** The organisation's certificate for signed labels, and its key; absent: one is made here. */
  certificate: z
    .strictObject({
      /** PEM: a P-256 certificate for document signing, and those between it and its root. */
      file: z.string().min(1),
      /** PEM: its private key. */
      key: z.string().min(1),
    })
    .optional(),
  /** Whether people can have a secret for each answer, by which they prove that one is theirs. */
  membership: z.enum(["off", "on"]).default("on"),
  /** How long the salts of answers by the API are kept, which are stored nowhere. */
  receipt_days: z.int().min(1).max(36_500).default(180),
  /** The Ethereum contract in which the log is anchored; absent: it is anchored nowhere. */
  anchor: z
    .strictObject({
      /** Number of the chain: 1 is Ethereum's own, 11155111 its test chain Sepolia. */
      chain: z.int().min(1),
      contract: z.string().regex(/^0x[0-9a-fA-F]{40}$/, "is not the address of a contract"),
      /** The block that has the contract; no earlier one is searched. */
      block: z.int().min(0).default(0),
      /** Anchored again when so many hours have passed, or so many entries have come; 0 is never. */
      every_hours: z.int().min(0).max(8_760).default(24),
      every_entries: z.int().min(0).default(0),
      /** The most that is paid for a unit of gas. */
      max_gwei: z.number().positive().default(100),
    })
    .optional(),
});
export type ProvenancePolicy = z.output<typeof provenancePolicy>;

function isVerifier(text: string): boolean {
  try {
    return parseVerifier(text).name !== "";
  } catch {
    return false;
  }
}
