import { lazy } from "react";
import type { Room } from "../../room.ts";
import { Badge } from "./Badge.tsx";

export const room: Room = {
  name: "jobs",
  needs: "jobs",
  panels: [
    {
      name: "jobs",
      label: { en: "Jobs", es: "Tareas" },
      icon: "refresh",
      place: "models",
      Panel: lazy(() => import("./JobsPanel.tsx")),
    },
  ],
  Foot: Badge,
};
