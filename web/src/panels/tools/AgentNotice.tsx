/** Said under an answer whose tools have not come to an end: why, and how it goes on. */
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import { GoOn } from "./GoOn.tsx";
import Waiting from "./Waiting.tsx";
import { t } from "./words.ts";

export default function AgentNotice({ message }: { readonly message: ChatMessage }) {
  useLanguage();
  const { status, details } = message;
  const ended = details?.agent?.ended;
  const last = useDesk(({ branch }) => branch.at(-1)?.id === message.id);
  if (status !== "done" || !last) return null;
  if (ended === "approval") return <Waiting message={message} />;
  if (ended !== "steps" && ended !== "tokens" && ended !== "time") return null;
  // The page says by itself that an answer was cut by its length, and has a button then.
  if (details?.finishReason === "length") return null;
  return (
    <div className="note">
      <span>{t(`ended.${ended}`)}</span>
      <GoOn message={message} />
    </div>
  );
}
