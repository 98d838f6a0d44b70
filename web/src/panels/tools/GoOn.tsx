/** Asks for the rest of an answer with tools. */
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import { desk } from "../../desk.ts";
import { Icon } from "../../ui/icons.tsx";
import { t } from "./words.ts";

export const GoOn = ({ message }: { readonly message: ChatMessage }) => (
  <button type="button" className="secondary" onClick={() => desk.goOn(message)}>
    <Icon name="right" />
    {t("go.on")}
  </button>
);
