import { lazy } from "react";
import type { Room } from "../../room.ts";

export const room: Room = {
  name: "metrics",
  needs: "metrics",
  panels: [
    {
      name: "engine",
      label: { en: "Engine", es: "Motor" },
      icon: "pulse",
      place: "models",
      Panel: lazy(() => import("./EnginePanel.tsx")),
    },
  ],
};
