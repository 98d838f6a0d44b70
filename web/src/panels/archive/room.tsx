import { lazy } from "react";
import type { Room } from "../../room.ts";
import { Archived } from "./Archived.tsx";

export const room: Room = {
  name: "archive",
  needs: "conversations",
  AboveComposer: Archived,
  panels: [
    {
      name: "archive",
      label: { en: "Archived chats", es: "Chats archivados" },
      icon: "archive",
      place: "list",
      Panel: lazy(() => import("./ArchivePanel.tsx")),
    },
  ],
};
