/** Section `[retention]` of the organisation's policy: how long what is stored may stay. */
import * as z from "zod";
import type { Periods } from "../../core/rights.ts";

export const rightsPolicy = z.strictObject({
  /** Acts of administrators; months are removed whole. */
  audit_months: z.int().min(1).max(120).default(6),
  /** Chats in which nothing was asked for so long are erased; 0 keeps them. */
  unused_chat_days: z.int().min(0).max(36_500).default(0),
  /** A chat that was deleted can be had back for so long. */
  deleted_chat_minutes: z.int().min(0).max(43_200).default(10),
  /** How long the operator keeps backups; Charla tells people so, and removes none itself. */
  backup_days: z.int().min(0).max(36_500).default(30),
});
export type RetentionPolicy = z.output<typeof rightsPolicy>;

export const periodsOf = (policy: RetentionPolicy): Periods => ({
  auditMonths: policy.audit_months,
  unusedChatDays: policy.unused_chat_days || undefined,
  deletedChatMinutes: policy.deleted_chat_minutes,
});
