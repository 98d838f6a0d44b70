/** Recall: what an answer was told again of a long chat, and whether a chat looks things up at all. */
import { lazy, Suspense } from "react";
import type { Room } from "../../room.ts";
import { RecallField, readRecall } from "./RecallField.tsx";

const Recalled = lazy(() => import("./Recalled.tsx"));
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
    message.parts?.some(({ type }) => type === "recall") ? (
      <Suspense>
        <Recalled message={message} />
      </Suspense>
    ) : null,
  setting: { Field: RecallField, read: readRecall },
};
