/** Assistants, and saved prompts. All of it is loaded when there is some of it to be shown. */
import { lazy } from "react";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { useDesk } from "../../desk.ts";
import type { Fact, Room } from "../../room.ts";
import { later, said } from "../../slots.tsx";
import { browser } from "../../ui/storage.ts";

const Above = later<object>(() => import("./Above.tsx"));
const Begin = later<object>(() => import("./Begin.tsx"));
const label = { en: "Assistants", es: "Asistentes" };
const prompts = { en: "Saved prompts", es: "Prompts guardados" };

export const room: Room = {
  name: "assistants",
  needs: "assistants",
  panels: [
    {
      name: "assistants",
      label,
      icon: "person",
      place: "yours",
      Panel: lazy(() => import("./AssistantsPanel.tsx")),
    },
    {
      name: "saved-prompts",
      label: prompts,
      icon: "edit",
      place: "yours",
      Panel: lazy(() => import("./PromptsPanel.tsx")),
    },
  ],
  plus: [
    {
      icon: "person",
      label: { en: "Assistants…", es: "Asistentes…" },
      run: (desk) => desk.open("assistants"),
    },
  ],
  AboveComposer: () => {
    const wanted = useDesk(
      ({ draft, settings }) => draft.startsWith("/") || settings.assistant !== undefined,
    );
    return wanted && <Above />;
  },
  // Who has no assistants loads nothing of them.
  Beginning: () => {
    const chosen = useDesk(({ settings }) => settings.assistant !== undefined);
    return (chosen || browser.recall("charla.assistants") !== null) && <Begin />;
  },
  details: ({ details }: ChatMessage): readonly Fact[] => {
    const { name, version } = details?.assistant ?? {};
    return name === undefined
      ? []
      : [[said({ en: "Assistant", es: "Asistente" }), `${name} (${version})`]];
  },
};
