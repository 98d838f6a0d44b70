import { lazy } from "react";
import type { Room } from "../../room.ts";
import { Gate } from "./Gate.tsx";

export const room: Room = {
  name: "account",
  Around: Gate,
  pages: [
    {
      path: /^\/account\/(set-up|invitation|reset)$/,
      Page: lazy(() => import("./LinkPage.tsx")),
    },
  ],
  panels: [
    {
      name: "people",
      label: { en: "People", es: "Personas" },
      icon: "people",
      place: "page",
      offered: ({ person }) => person?.role === "administrator",
      Panel: lazy(() => import("./PeoplePanel.tsx")),
    },
    {
      name: "account",
      label: { en: "Your account", es: "Tu cuenta" },
      icon: "person",
      place: "page",
      offered: ({ person }) => person !== null,
      Panel: lazy(() => import("./AccountPanel.tsx")),
    },
  ],
};
