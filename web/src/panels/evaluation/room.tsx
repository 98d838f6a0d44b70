import { lazy } from "react";
import type { Room } from "../../room.ts";
import { Thumbs } from "./Thumbs.tsx";

export const room: Room = {
  name: "evaluation",
  needs: "evaluation",
  panels: [
    {
      name: "evaluation",
      label: { en: "Studies", es: "Estudios" },
      icon: "M3.5 16.5h13M5.5 13.5v-4M10 13.5v-9M14.5 13.5v-6",
      place: "list",
      Panel: lazy(() => import("./EvaluationPanel.tsx")),
    },
  ],
  Byline: Thumbs,
};
