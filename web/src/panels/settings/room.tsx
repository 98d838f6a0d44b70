import { lazy } from "react";
import type { Room } from "../../room.ts";

export const room: Room = {
  name: "settings",
  panels: [
    {
      name: "settings",
      label: { en: "Settings of this chat", es: "Ajustes de este chat" },
      icon: "sliders",
      place: "chat",
      offered: ({ temporary }) => !temporary,
      mark: {
        label: { en: "changed", es: "modificados" },
        // The bar names the model, and the others are seen where the chat is.
        shown: ({ settings }) =>
          Object.keys(settings).some(
            (name) => !["model", "adapter", "tools", "collections", "assistant"].includes(name),
          ),
      },
      Panel: lazy(() => import("./ChatSettings.tsx")),
    },
  ],
  setting: async () => (await import("./fields.tsx")).setting,
};
