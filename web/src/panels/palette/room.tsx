import { lazy } from "react";
import type { Room } from "../../room.ts";

export const room: Room = {
  name: "palette",
  panels: [
    {
      name: "palette",
      label: { en: "Search and commands", es: "Buscar y comandos" },
      icon: "search",
      place: "list",
      Panel: lazy(() => import("./Palette.tsx")),
    },
  ],
};
