/** A call of a tool, and what came back. */
import { useLanguage } from "../../chat/language.ts";
import type { PartProps } from "../../room.ts";
import { Seen } from "../../ui/Seen.tsx";
import { Folded } from "./Folded.tsx";
import { t } from "./words.ts";

export function Call({ part }: PartProps<"call">) {
  useLanguage();
  return (
    <Folded title={t("tool.call", { name: part.name })}>
      <Code text={indented(part.arguments)} />
    </Folded>
  );
}

export function Result({ part }: PartProps<"result">) {
  useLanguage();
  return (
    <Folded title={t(part.failed ? "tool.failed" : "tool.result")}>
      <Code text={indented(part.text)} />
    </Folded>
  );
}

const Code = ({ text }: { readonly text: string }) => (
  <pre dir="auto">
    <Seen text={text} />
  </pre>
);

/** JSON on several lines; what is none as it stands. */
function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
