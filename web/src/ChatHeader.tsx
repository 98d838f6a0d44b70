/** The bar above a chat: the list's switch, the title, and what rooms have put there. */
import { t, useLanguage } from "./chat/language.ts";
import { ChatMenu } from "./chats/ChatMenu.tsx";
import { titleOf } from "./chats/ListItem.tsx";
import { open } from "./chats/open.ts";
import { ask } from "./chats/shelf.ts";
import { useDesk } from "./desk.ts";
import { ChatButtons, Slot } from "./slots.tsx";
import { IconButton } from "./ui/IconButton.tsx";
import { Popover } from "./ui/Popover.tsx";

interface Props {
  readonly sidebarOpen: boolean;
  onSidebar(): void;
}

export function ChatHeader({ sidebarOpen, onSidebar }: Props) {
  useLanguage();
  const title = useDesk(({ chat }) => (chat ? titleOf(chat) : null));
  const stored = useDesk(({ chat, temporary }) => chat !== null && !temporary);
  return (
    <header className="bar">
      <IconButton
        icon="sidebar"
        label={t(sidebarOpen ? "list.hide" : "list.show")}
        aria-expanded={sidebarOpen}
        onClick={onSidebar}
      />
      {!sidebarOpen && (
        <IconButton icon="edit" label={t("conversation.new")} onClick={() => void open(null)} />
      )}
      <Slot name="Header" />
      <h1 className="chat-title" dir="auto" title={title ?? undefined}>
        {title ?? <span className="sr-only">Charla</span>}
      </h1>
      <ChatButtons />
      {stored && <Menu />}
    </header>
  );
}

/** The same as in the list, for who has it closed. */
function Menu() {
  const chat = useDesk((desk) => desk.chat);
  if (!chat) return null;
  const onRename = () => ask({ about: "rename", chat: chat.id, title: titleOf(chat) });
  return (
    <Popover label={t("chat.menu")} icon="more" kind="menu">
      {(close) => <ChatMenu chat={chat} close={close} onRename={onRename} />}
    </Popover>
  );
}
