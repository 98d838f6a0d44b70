import { lazy, Suspense } from "react";
import { language } from "../../chat/language.ts";
import { desk } from "../../desk.ts";
import type { Room } from "../../room.ts";

const Learned = lazy(() => import("./Learned.tsx"));

export const room: Room = {
  name: "training",
  needs: "training",
  details: ({ details }) => {
    const digest = details?.made?.adapter?.digest;
    if (digest === undefined || !desk.offers("training")) return [];
    const value = (
      <Suspense>
        <Learned digest={digest} />
      </Suspense>
    );
    return [[language() === "es" ? "El adaptador aprendió de" : "The adapter learned from", value]];
  },
  panels: [
    {
      name: "training",
      label: { en: "Training", es: "Entrenamiento" },
      icon: "M2.5 8L10 4.5 17.5 8 10 11.5ZM5.5 9.8v3.7c2.6 2 6.4 2 9 0V9.8M17.5 8v4.5",
      place: "models",
      offered: ({ administers, fact }) =>
        fact("training", "files") === true &&
        (administers || fact("training", "everyone") === true),
      Panel: lazy(() => import("./TrainingPanel.tsx")),
    },
  ],
};
