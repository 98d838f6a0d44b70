import { lazy } from "react";
import type { Room } from "../../room.ts";

export const room: Room = {
  name: "cost",
  needs: "cost",
  panels: [
    {
      name: "cost",
      label: { en: "Cost", es: "Coste" },
      icon: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM12.6 7.6a3.2 3.2 0 1 0 0 4.8M6.5 9.2h4M6.5 10.8h4",
      place: "models",
      offered: ({ administers, fact }) => administers && fact("cost", "on") === true,
      Panel: lazy(() => import("./CostPanel.tsx")),
    },
  ],
};
