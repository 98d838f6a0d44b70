import { lazy } from "react";
import type { Room } from "../../room.ts";

export const room: Room = {
  name: "help",
  panels: [
    {
      name: "help",
      label: { en: "Keyboard shortcuts", es: "Atajos de teclado" },
      icon: "help",
      place: "page",
      key: "?",
      Panel: lazy(() => import("./HelpSheet.tsx")),
    },
  ],
};
