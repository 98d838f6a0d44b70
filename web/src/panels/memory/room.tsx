/** Memory: facts that the reader lets Charla keep, how they get there, and which an answer was told. */
import { lazy } from "react";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import type { Fact, Room } from "../../room.ts";
import { later, said } from "../../slots.tsx";
import { asSeen } from "../../ui/reveal.ts";
import { chosenOf, load, store } from "./store.ts";

const Told = later<{ ids: readonly string[] }>(() => import("./Told.tsx"));
/** A bookmark. */
const ICON = "M6 3.5h8a1 1 0 0 1 1 1v12l-5-3.6-5 3.6v-12a1 1 0 0 1 1-1Z";
const NEVER = { active: false, draft: "" };

export const room: Room = {
  name: "memory",
  needs: "memory",
  store,
  // Where it cannot be asked, nothing is offered.
  start: () => void load().catch(() => store.set(NEVER)),
  forget: () => store.set(NEVER),
  // Shown in the details of the answer, not in it.
  parts: { memory: () => null },
  panels: [
    {
      name: "memory",
      label: { en: "Memory", es: "Memoria" },
      icon: ICON,
      place: "yours",
      Panel: lazy(() => import("./MemoryPanel.tsx")),
    },
  ],
  ofMessage: ({ role, content }) =>
    role === "user" && content !== ""
      ? [
          {
            beside: "more",
            icon: ICON,
            label: { en: "Remember this…", es: "Recordar esto…" },
            offered: ({ temporary }) => !temporary && store.get().active,
            run(desk) {
              store.set({ draft: chosenOf(asSeen(content), String(getSelection() ?? "")) });
              desk.open("memory");
            },
          },
        ]
      : [],
  details({ parts = [] }: ChatMessage): readonly Fact[] {
    const ids = parts.flatMap((part) => (part.type === "memory" ? part.facts : []));
    const label = said({ en: "Told from your memory", es: "Contado de tu memoria" });
    return ids.length === 0 ? [] : [[label, <Told key="memory" ids={ids} />]];
  },
};
