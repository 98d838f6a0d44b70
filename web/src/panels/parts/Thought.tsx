/** What the model thought before it answered. */
import { useLanguage } from "../../chat/language.ts";
import type { PartProps } from "../../room.ts";
import { PlainText } from "../../slots.tsx";
import { Folded } from "./Folded.tsx";
import { t } from "./words.ts";

export function Thought({ part, running }: PartProps<"reasoning">) {
  useLanguage();
  const thinking = running && part.ms === undefined;
  return (
    <Folded title={thinking ? t("thought.running") : title(part.ms)} running={thinking}>
      <PlainText part={part} />
    </Folded>
  );
}

/** @param ms undefined for a thought that was cut off */
function title(ms: number | undefined): string {
  if (ms === undefined) return t("thought.cut");
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return t("thought.briefly");
  if (seconds < 60) return t("thought.seconds", { s: seconds });
  return t("thought.minutes", { m: Math.floor(seconds / 60), s: seconds % 60 });
}
