/** The microphone in the composer: held while one speaks, or clicked once to begin and once to end. */
import type { MouseEvent, PointerEvent } from "react";
import { useLanguage } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import { said } from "../../slots.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { ear, voice } from "./state.ts";

const recording = () => import("./recording.ts");
/** Let go of later than this, it was held. */
const HELD_MS = 500;

export const MIC =
  "M10 2.5A2.5 2.5 0 0 0 7.5 5v4.5a2.5 2.5 0 0 0 5 0V5A2.5 2.5 0 0 0 10 2.5ZM5 9.5a5 5 0 0 0 10 0M10 14.5v3";

const LABELS = {
  idle: { en: "Dictate", es: "Dictar" },
  asking: { en: "Stop listening", es: "Dejar de escuchar" },
  listening: { en: "Stop listening", es: "Dejar de escuchar" },
  hearing: { en: "Writing down what you said", es: "Escribiendo lo que has dicho" },
};

let began = 0;

export function Mic() {
  useLanguage();
  useDesk((desk) => desk.fact("voice", "hears"));
  const phase = voice.use((state) => state.phase);
  const talking = voice.use(({ talk }) => talk !== null);
  voice.use(() => ear());
  if (!ear()) return null;
  const press = ({ currentTarget, pointerId }: PointerEvent) => {
    // The bar that opens above moves the button away from under the finger.
    currentTarget.setPointerCapture(pointerId);
    toggle();
  };
  const toggle = () => {
    if (phase === "idle") {
      began = performance.now();
      void recording().then(({ begin }) => begin());
    } else if (phase !== "hearing") {
      began = 0;
      void recording().then(({ finish }) => finish());
    }
  };
  const up = () => {
    if (began > 0 && performance.now() - began > HELD_MS)
      void recording().then(({ finish }) => finish());
    began = 0;
  };
  // A click without a pointer is a key's.
  const click = (event: MouseEvent) => {
    if (event.detail !== 0) return;
    toggle();
    began = 0;
  };
  return (
    <IconButton
      icon={MIC}
      label={said(LABELS[phase])}
      aria-pressed={phase !== "idle"}
      disabled={phase === "hearing" || talking}
      data-phase={phase}
      onPointerDown={press}
      onPointerUp={up}
      onPointerCancel={up}
      onContextMenu={(event) => event.preventDefault()}
      onClick={click}
    />
  );
}
