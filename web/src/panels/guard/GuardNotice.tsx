/** Said under an answer where something was removed, withheld, or looks like an order to the model. */
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { Icon } from "../../ui/icons.tsx";
import { guardNotices } from "./guard.ts";

export function GuardNotice({ message }: { message: ChatMessage }) {
  useLanguage();
  return guardNotices(message.details?.guard ?? {}).map((text) => (
    <p className="note" key={text}>
      <Icon name="info" />
      {text}
    </p>
  ));
}
