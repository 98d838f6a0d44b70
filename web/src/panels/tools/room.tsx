/** The tools of a chat: which it may use, what they do in an answer, and calls that wait for their person. */
import { lazy } from "react";
import type { Room } from "../../room.ts";
import { AgentNotice } from "./AgentNotice.tsx";
import { Call, Result } from "./Call.tsx";
import { agentFacts } from "./facts.ts";

const ICON =
  "M12.2 3.6a3.9 3.9 0 0 0-4 5.4L3.6 13.600a1.700 1.700 0 0 0 2.400 2.400l4.600-4.600a3.900 3.900 0 0 0 5.400-4l-2.400 2.200-2.300-.6-.6-2.300Z";
const LABEL = { en: "Tools of this chat", es: "Herramientas de este chat" };

export const room: Room = {
  name: "tools",
  panels: [
    {
      name: "tools",
      label: LABEL,
      icon: ICON,
      place: "chat",
      offered: (desk) => !desk.temporary && desk.has("tools"),
      mark: {
        label: { en: "on", es: "activadas" },
        shown: ({ settings }) => (settings.tools?.length ?? 0) > 0,
      },
      Panel: lazy(() => import("./ToolsPanel.tsx")),
    },
  ],
  plus: [
    {
      icon: ICON,
      label: { en: "Tools…", es: "Herramientas…" },
      offered: (desk) => !desk.temporary && desk.has("tools"),
      run: (desk) => desk.open("tools"),
    },
  ],
  parts: { call: Call, result: Result },
  Notice: AgentNotice,
  details: agentFacts,
};
