/** Copies an answer with its label: a line for people, and a signed one that nobody sees. */
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import type { Labelled } from "../../../../src/features/provenance/c2pa/api.ts";
import { language } from "../../chat/language.ts";
import { copyText } from "../../ui/CopyButton.tsx";
import { sendJson } from "../../ui/json.ts";
import { showToast } from "../../ui/toast.tsx";
import { t } from "./words.ts";

export async function copySigned(receipt: string, { content }: Pick<ChatMessage, "content">) {
  const body = { receipt, text: content, language: language() };
  const { text, selfSigned } = await sendJson<Labelled>("POST", "/api/provenance/label", body);
  if (!(await copyText(text))) return;
  showToast({ text: t(selfSigned ? "label.copied.self" : "label.copied") });
}
