import { lazy } from "react";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { desk } from "../../desk.ts";
import type { MessageItem, Room } from "../../room.ts";
import { CredentialsNote } from "./CredentialsNote.tsx";
import { markFacts } from "./mark.ts";
import { proofFacts, receiptAt } from "./proof.tsx";
import { copySigned } from "./signed-copy.ts";

export const room: Room = {
  name: "provenance",
  needs: "provenance",
  details: (message) => [...proofFacts(message), ...markFacts(message)],
  ofMessage: (message) => {
    const { receipt, edited } = message.details ?? {};
    if (receipt === undefined) return [];
    return [...(edited ? [] : [signedCopy(receipt, message)]), ...itemsOf(message.id)];
  },
  AboveComposer: CredentialsNote,
  pages: [{ path: /^\/verify$/, Page: lazy(() => import("./VerifyPage.tsx")) }],
};

const signedCopy = (receipt: string, message: ChatMessage): MessageItem => ({
  beside: "copy",
  icon: "copy",
  label: { en: "Copy with signed AI label", es: "Copiar con etiqueta de IA firmada" },
  run: () => void desk.attempt(() => copySigned(receipt, message)),
});

const itemsOf = (message: ChatMessage["id"]): readonly MessageItem[] => [
  {
    beside: "more",
    icon: "download",
    label: { en: "Download the receipt", es: "Descargar el recibo" },
    run: () => location.assign(`${receiptAt(message)}/receipt`),
  },
  {
    beside: "more",
    icon: "check",
    label: { en: "Check the proof", es: "Comprobar la prueba" },
    run: () => void window.open(`/verify#${receiptAt(message)}/receipt`, "_blank", "noopener"),
  },
];
