import { lazy } from "react";
import type { Room } from "../../room.ts";
import { ModelLoading } from "./ModelLoading.tsx";
import { ModelMenu } from "./ModelMenu.tsx";
import { StarterCard, StarterLine } from "./Starter.tsx";
import { choices, hasLibrary, modelHere, store, switchTo } from "./store.ts";
import { takeDroppedModels } from "./upload.ts";
import "./models.css";

/** Without a library there is nothing to manage, and still a model to choose for a chat. */
export const room: Room = {
  name: "models",
  store,
  start: takeDroppedModels,
  panels: [
    {
      name: "models",
      label: { en: "Models", es: "Modelos" },
      icon: "model",
      place: "models",
      offered: hasLibrary,
      Panel: lazy(() => import("./ModelsPanel.tsx")),
    },
  ],
  Header: ModelMenu,
  Beginning: StarterCard,
  Below: StarterLine,
  Asking: ModelLoading,
  ofMessage: (message) =>
    message.role !== "assistant"
      ? []
      : choices()
          .filter(({ id }) => id !== modelHere())
          .map(({ id, name }) => ({
            beside: "again",
            icon: "refresh",
            label: { en: `Again with ${name}`, es: `Otra vez con ${name}` },
            run: (desk) => desk.answerAgain(message, id),
          })),
  commands: () =>
    choices()
      .filter(({ id }) => id !== modelHere())
      .map(({ id, name }) => ({
        group: "models",
        icon: "model",
        label: { en: `Answer with ${name}`, es: `Responder con ${name}` },
        run: () => void switchTo(id),
      })),
  setting: async () => (await import("./ModelField.tsx")).setting,
};
