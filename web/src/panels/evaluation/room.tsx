import { lazy } from "react";
import type { Room } from "../../room.ts";
import { Invited } from "./Invited.tsx";
import { Thumbs } from "./Thumbs.tsx";

export const room: Room = {
  name: "evaluation",
  needs: "evaluation",
  panels: [
    {
      name: "evaluation",
      label: { en: "Studies", es: "Estudios" },
      icon: "M3.5 16.5h13M5.5 13.5v-4M10 13.5v-9M14.5 13.5v-6",
      place: "models",
      Panel: lazy(() => import("./EvaluationPanel.tsx")),
    },
    {
      name: "evaluations",
      label: { en: "Evaluations", es: "Evaluaciones" },
      icon: "M3.5 3.5v13h13M6.5 13l3-4 2.5 2 4-6",
      place: "models",
      Panel: lazy(() => import("./runs/RunsPanel.tsx")),
    },
  ],
  Byline: Thumbs,
  Over: Invited,
};
