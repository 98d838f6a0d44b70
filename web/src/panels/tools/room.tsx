/**
 * The tools of a chat: which it may use, what they do in an answer, and calls that wait for their person.
 * All of it is loaded when there is some of it to be shown.
 */
import { lazy } from "react";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import type { Fact, Room } from "../../room.ts";
import { later, said } from "../../slots.tsx";

const ICON =
  "M12.2 3.6a3.9 3.9 0 0 0-4 5.4L3.6 13.6a1.7 1.7 0 0 0 2.4 2.4l4.600-4.600a3.900 3.900 0 0 0 5.400-4l-2.400 2.200-2.300-.6-.6-2.300Z";

/** Where the browser comes back to from a place where one signs in to a server. */
const back = location.pathname === "/tools/signed-in";

const AgentNotice = later(() => import("./AgentNotice.tsx"));

export const room: Room = {
  name: "tools",
  panels: [
    {
      name: "tools",
      label: { en: "Tools of this chat", es: "Herramientas de este chat" },
      icon: ICON,
      place: "chat",
      offered: (desk) => !desk.temporary && desk.has("tools"),
      mark: {
        label: { en: "on", es: "activadas" },
        shown: ({ settings }) => (settings.tools?.length ?? 0) > 0,
      },
      Panel: lazy(() => import("./ToolsPanel.tsx")),
    },
    {
      name: "tool-servers",
      label: { en: "Tool servers (MCP)", es: "Servidores de herramientas (MCP)" },
      icon: ICON,
      place: "yours",
      offered: (desk) => desk.has("tools"),
      Panel: lazy(() => import("./ServersPanel.tsx")),
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
  parts: {
    call: later(() => import("./Call.tsx")),
    result: later(() => import("./Result.tsx")),
  },
  ...(back && { Over: later<object>(() => import("./SignedIn.tsx")) }),
  setting: async () => (await import("./ToolsField.tsx")).setting,
  Notice: ({ message }) => message.details?.agent && <AgentNotice message={message} />,
  details: factsOf,
};

function factsOf({ details, parts = [] }: ChatMessage): readonly Fact[] {
  const { agent } = details ?? {};
  if (!agent) return [];
  const names = parts.flatMap((part) => (part.type === "call" ? part.name : []));
  return [
    [said({ en: "Tools", es: "Herramientas" }), [...new Set(names)].join(", ")],
    [said({ en: "Steps with tools", es: "Pasos con herramientas" }), String(agent.steps)],
  ];
}
