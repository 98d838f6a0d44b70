import { lazy } from "react";
import type { Room } from "../../room.ts";

export const room: Room = {
  name: "instructions",
  needs: "instructions",
  panels: [
    {
      name: "instructions",
      label: { en: "Instructions for all chats", es: "Instrucciones para todos los chats" },
      icon: "edit",
      place: "yours",
      Panel: lazy(() => import("./InstructionsPanel.tsx")),
    },
  ],
};
