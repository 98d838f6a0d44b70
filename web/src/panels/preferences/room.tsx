import { lazy } from "react";
import type { Room } from "../../room.ts";
import { Preferences } from "./Preferences.tsx";

export const room: Room = {
  name: "preferences",
  Choices: Preferences,
  panels: [
    {
      name: "preferences",
      label: { en: "Language and theme", es: "Idioma y tema" },
      icon: "globe",
      place: "page",
      Panel: lazy(() => import("./PreferencesPanel.tsx")),
    },
  ],
};
