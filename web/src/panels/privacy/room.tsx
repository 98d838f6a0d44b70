import { lazy } from "react";
import type { Room } from "../../room.ts";

export const room: Room = {
  name: "privacy",
  needs: "rights",
  panels: [
    {
      name: "privacy",
      label: { en: "Privacy", es: "Privacidad" },
      icon: "shield",
      place: "trust",
      Panel: lazy(() => import("./PrivacyPanel.tsx")),
    },
  ],
};
