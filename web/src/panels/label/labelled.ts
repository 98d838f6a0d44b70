/** An answer with a line that says to whoever reads it elsewhere who wrote it. */
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { language } from "../../chat/language.ts";
import { asSeen } from "../../ui/reveal.ts";
import { t } from "./words.ts";

export function labelled({ content, details, createdAt }: ChatMessage): string {
  const edited = details?.edited;
  const model = edited?.modelName ?? details?.modelName ?? details?.model ?? "Charla";
  const date = new Intl.DateTimeFormat(language(), { dateStyle: "long" });
  const told = { model, date: date.format(new Date(createdAt)) };
  return `${asSeen(content)}\n\n— ${t(edited ? "copy.edited" : "copy.label", told)}`;
}
