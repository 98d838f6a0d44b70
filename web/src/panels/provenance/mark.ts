/** Whether an answer can be recognised later, and if not, why. */
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { language } from "../../chat/language.ts";
import type { Fact } from "../../room.ts";
import { formatNumber } from "../../ui/format.ts";
import { t } from "./words.ts";

const number = (n = 0) => formatNumber(n, language());

/** A row for the details of an answer. */
export function markFacts({ details }: ChatMessage): readonly Fact[] {
  const { key, tokens, of, none } = details?.mark ?? {};
  if (none) return [[t("mark.title"), t(`mark.${none}`)]];
  if (key === undefined) return [];
  return [[t("mark.title"), t("mark.by", { key, tokens: number(tokens), of: number(of) })]];
}
