/** Voice: a microphone in the composer, answers read aloud. Only its buttons come with the page. */
import { lazy, Suspense } from "react";
import { useDesk } from "../../desk.ts";
import type { Room } from "../../room.ts";
import { MIC, Mic } from "./Mic.tsx";
import { canSpeak, canTalk, ear, enabled, voice } from "./state.ts";

const SPEAKER = "M3.5 8v4h3l4 3.5v-11L6.5 8ZM13.3 7.3a4 4 0 0 1 0 5.4M15.5 5a7 7 0 0 1 0 10";

const HANDS_FREE = "M3 8.5v3M6.5 5.5v9M10 3v14M13.5 6.5v7M17 8.5v3";

const Bar = lazy(() => import("./Bar.tsx"));

/** Loaded once there is something to hear, to read or to say. */
function AboveComposer() {
  useDesk((desk) => desk.fact("voice", "enabled"));
  const shown = voice.use(
    ({ phase, talk, note, problem, reading, always }) =>
      phase !== "idle" || Boolean(talk || note || problem || reading || always),
  );
  if (!enabled() || !shown) return null;
  return (
    <Suspense>
      <Bar />
    </Suspense>
  );
}

export const room: Room = {
  name: "voice",
  needs: "voice",
  store: voice,
  InComposer: Mic,
  AboveComposer,
  plus: [
    {
      icon: HANDS_FREE,
      label: { en: "Talk hands-free", es: "Hablar con manos libres" },
      offered: canTalk,
      run: () => void import("./hands/talk.ts").then(({ begin }) => begin()),
    },
    {
      icon: MIC,
      label: { en: "Dictate…", es: "Dictar…" },
      // Where nothing can hear, it says what that takes.
      offered: () => enabled() && !ear(),
      run: () => voice.set({ note: "setup", problem: null }),
    },
  ],
  panels: [
    {
      name: "voice",
      label: { en: "Voice", es: "Voz" },
      icon: SPEAKER,
      place: "yours",
      offered: enabled,
      Panel: lazy(() => import("./VoicePanel.tsx")),
    },
  ],
  ofMessage: ({ role, id, content }) => [
    {
      ...{ icon: SPEAKER, beside: "more" },
      label: { en: "Read aloud", es: "Leer en voz alta" },
      offered: () => role === "assistant" && content !== "" && canSpeak(),
      run: () => void import("./reading.ts").then(({ read }) => read(id)),
    },
  ],
  start: () => void import("./browser.ts").then(({ look }) => look()),
};
