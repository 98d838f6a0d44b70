/** Recall: what an answer was told again of a long chat, and whether a chat looks things up at all. */
import { lazy } from "react";
import type { Room, Slots } from "../../room.ts";
import { later } from "../../slots.tsx";

const Recalled = later<Slots["Notice"]>(() => import("./Recalled.tsx"));
const Nothing = () => null;

export const room: Room = {
  name: "recall",
  needs: "recall",
  // Shown under the answer, not in it.
  parts: { recall: Nothing, summary: Nothing },
  panels: [
    {
      name: "summaries",
      label: { en: "What the model remembers", es: "Lo que recuerda el modelo" },
      icon: "wrap",
      place: "chat",
      // In a chat that fits its window there is nothing to see.
      offered: ({ branch, temporary }) =>
        !temporary && branch.some(({ parts }) => parts?.some(({ type }) => type === "recall")),
      Panel: lazy(() => import("./SummariesPanel.tsx")),
    },
  ],
  Notice: ({ message }) =>
    message.parts?.some(({ type }) => type === "recall") ? <Recalled message={message} /> : null,
  setting: async () => (await import("./RecallField.tsx")).setting,
};
