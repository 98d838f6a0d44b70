/** The room of prompts: a panel in the menu under the list, and a line in the "+" menu that opens it. */
import { lazy } from "react";
import type { Room } from "../../room.ts";

const label = { en: "Prompts", es: "Prompts" };

export const room: Room = {
  name: "prompts",
  needs: "prompts",
  panels: [
    {
      ...{ name: "prompts", label, icon: "edit", place: "yours" },
      Panel: lazy(() => import("./PromptsPanel.tsx")),
    },
  ],
  plus: [{ icon: "edit", label, run: (desk) => desk.open("prompts") }],
};
