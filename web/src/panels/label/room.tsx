import type { Room } from "../../room.ts";
import { copyText } from "../../ui/CopyButton.tsx";
import { showToast } from "../../ui/toast.tsx";
import { labelled } from "./labelled.ts";
import { t } from "./words.ts";

export const room: Room = {
  name: "label",
  ofMessage: (message) =>
    message.role === "assistant" && message.content !== ""
      ? [
          {
            beside: "copy",
            icon: "copy",
            label: { en: "Copy with AI label", es: "Copiar con etiqueta de IA" },
            async run() {
              if (await copyText(labelled(message))) showToast({ text: t("copied") });
            },
          },
        ]
      : [],
};
