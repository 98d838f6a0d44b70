/** What proves an answer, as a row of its details. */
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { language } from "../../chat/language.ts";
import type { Fact } from "../../room.ts";
import { t } from "./words.ts";

export function proofFacts({ role, createdAt, details }: ChatMessage): readonly Fact[] {
  if (role !== "assistant" || !details?.model) return [];
  if (details.receipt === undefined) return [[t("proof.title"), t("proof.none")]];
  const model = details.modelName ?? details.model;
  return [[t("proof.title"), t("proof.in", { model, date: day(createdAt) })]];
}

export const day = (time: string): string =>
  new Intl.DateTimeFormat(language(), { dateStyle: "long" }).format(new Date(time));
