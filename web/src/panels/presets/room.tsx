import { lazy } from "react";
import type { Room } from "../../room.ts";

export const room: Room = {
  name: "presets",
  needs: "presets",
  panels: [
    {
      name: "presets",
      label: { en: "Saved settings", es: "Ajustes guardados" },
      icon: "sliders",
      place: "list",
      Panel: lazy(() => import("./PresetsPanel.tsx")),
    },
  ],
};
