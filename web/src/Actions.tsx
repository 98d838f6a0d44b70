/** The quiet row under a message: its versions, what can be done with it, and who wrote it. */
import type { ReactNode } from "react";
import { sourcesUnder } from "../../src/core/citations.ts";
import { t } from "./chat/language.ts";
import type { ChatMessage } from "./chats/api.ts";
import { regenerate } from "./chats/ask.ts";
import { messageItems } from "./chats/messages.ts";
import { walk } from "./chats/open.ts";
import * as chats from "./chats/store.ts";
import { siblingsOf } from "./chats/tree.ts";
import type { MessageItem } from "./room.ts";
import { Items, Slot, useMessageItems } from "./slots.tsx";
import { CopyButton } from "./ui/CopyButton.tsx";
import { IconButton } from "./ui/IconButton.tsx";
import type { IconName } from "./ui/icons.tsx";
import { Popover } from "./ui/Popover.tsx";
import { asSeen } from "./ui/reveal.ts";

type Props = { readonly message: ChatMessage };

const NONE: readonly ChatMessage[] = [];

export function Actions({ message }: Props) {
  const { role, content, parts } = message;
  const versions = chats.store.use(
    ({ chat }) => siblingsOf(chat?.messages ?? NONE, message).length,
  );
  const items = [...messageItems(message, versions), ...useMessageItems(message)];
  const of = (where: MessageItem["beside"]) => items.filter(({ beside }) => beside === where);
  return (
    <div className="actions">
      <Branches message={message} />
      {content !== "" && (
        <Split label={t("copy.more")} items={of("copy")}>
          <CopyButton text={asSeen(content) + sourcesUnder(content, parts)} label={t("copy")} />
        </Split>
      )}
      {role === "assistant" ? (
        <Split label={t("regenerate.more")} items={of("again")}>
          <IconButton
            icon="refresh"
            label={t("regenerate")}
            onClick={() => void regenerate(message)}
          />
        </Split>
      ) : (
        <IconButton
          icon="edit"
          label={t("edit")}
          onClick={() => chats.edit({ id: message.id, text: asSeen(content) })}
        />
      )}
      <Menu icon="more" label={t("message.more")} items={of("more")} />
      {role === "assistant" && <Slot name="Byline" message={message} />}
    </div>
  );
}

interface MenuProps {
  readonly icon: IconName;
  readonly label: string;
  readonly items: readonly MessageItem[];
}

const Menu = ({ icon, label, items }: MenuProps) =>
  items.length > 0 && (
    <Popover label={label} icon={icon} kind="menu">
      {(close) => <Items items={items} close={close} />}
    </Popover>
  );

/** A button, and a narrow one beside it for the other ways to do the same. */
const Split = ({ children, ...menu }: Omit<MenuProps, "icon"> & { children: ReactNode }) => (
  <span className="split">
    {children}
    <Menu icon="unfold" {...menu} />
  </span>
);

/** "‹ 2/3 ›": the other messages that stand in the same place. */
function Branches({ message }: Props) {
  const ids = chats.store.use(({ chat }) =>
    siblingsOf(chat?.messages ?? NONE, message)
      .map(({ id }) => id)
      .join(" "),
  );
  const siblings = ids.split(" ");
  if (siblings.length < 2) return null;
  const at = siblings.indexOf(message.id);
  const go = (step: number, icon: IconName, label: string) => (
    <IconButton
      icon={icon}
      label={label}
      disabled={siblings[at + step] === undefined}
      onClick={() => void walk(siblings[at + step] ?? message.id)}
    />
  );
  return (
    <span className="branches">
      {go(-1, "left", t("branch.previous"))}
      <span aria-hidden="true">
        {at + 1}/{siblings.length}
      </span>
      <span className="sr-only">{t("branch.place", { at: at + 1, n: siblings.length })}</span>
      {go(1, "right", t("branch.next"))}
    </span>
  );
}
