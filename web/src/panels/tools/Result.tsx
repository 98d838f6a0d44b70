/** What came of a call: shown with the call, and alone only where that is not there. */
import { useLanguage } from "../../chat/language.ts";
import type { PartProps } from "../../room.ts";
import { Answer } from "./Call.tsx";

export default function Result({ part, message }: PartProps<"result">) {
  useLanguage();
  const called = message?.parts?.some(
    ({ type, ...rest }) => type === "call" && Object(rest).id === part.call,
  );
  if (called) return null;
  return (
    <div className="tool-call tool-text">
      <Answer result={{ type: "result", ...part }} />
    </div>
  );
}
