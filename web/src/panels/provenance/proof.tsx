/** What proves an answer, as a row of its details. */
import { useEffect, useState } from "react";
import type { ReceiptFile } from "../../../../src/core/receipts.ts";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { isDevelopment } from "../../../../src/features/provenance/anchor/types.ts";
import { language } from "../../chat/language.ts";
import { desk } from "../../desk.ts";
import type { Fact } from "../../room.ts";
import { getJson } from "../../ui/json.ts";
import { t } from "./words.ts";

export function proofFacts(message: ChatMessage): readonly Fact[] {
  const { role, details } = message;
  if (role !== "assistant" || !details?.model) return [];
  if (details.receipt === undefined) return [[t("proof.title"), t("proof.none")]];
  return [[t("proof.title"), <Proof key={message.id} message={message} />]];
}

/** Written by whom, when, and where the log is anchored that has it. */
function Proof({ message: { id, createdAt, details } }: { readonly message: ChatMessage }) {
  const [anchor, setAnchor] = useState<ReceiptFile["anchor"]>();
  useEffect(() => {
    if (desk.fact("provenance", "anchored") !== true) return;
    const asked = new AbortController();
    // Without it the rest of the line holds all the same.
    getJson<ReceiptFile>(`${receiptAt(id)}/receipt`, asked.signal).then(
      (file) => setAnchor(file.anchor),
      () => {},
    );
    return () => asked.abort();
  }, [id]);
  const model = details?.modelName ?? details?.model ?? "";
  const proved = t("proof.in", { model, date: day(createdAt) });
  if (!anchor) return proved;
  const where = { chain: anchor.chain, date: day(anchor.at) };
  const kind = isDevelopment(anchor.chain) ? "development" : "public";
  return `${proved}; ${t(`proof.anchored.${kind}`, where)}`;
}

/** Of a message in the open chat. */
export const receiptAt = (message: string) =>
  `/api/conversations/${encodeURIComponent(desk.chatId ?? "")}/messages/${encodeURIComponent(message)}`;

export const day = (time: string): string =>
  new Intl.DateTimeFormat(language(), { dateStyle: "long" }).format(new Date(time));
