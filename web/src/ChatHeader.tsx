/** The bar above a chat: the list's switch, the title, and what rooms have put there. */
import { t, useLanguage } from "./chat/language.ts";
import { ChatMenu } from "./chats/ChatMenu.tsx";
import { titleOf } from "./chats/ListItem.tsx";
import { open } from "./chats/open.ts";
import { ask } from "./chats/shelf.ts";
import { useDesk } from "./desk.ts";
import { ChatButtons, PanelItems, Slot, useChatPanels, wordsOf } from "./slots.tsx";
import { IconButton } from "./ui/IconButton.tsx";
import { Popover } from "./ui/Popover.tsx";
import { useWide } from "./ui/useWide.ts";

interface Props {
  readonly sidebarOpen: boolean;
  onSidebar(): void;
}

export function ChatHeader({ sidebarOpen, onSidebar }: Props) {
  useLanguage();
  const wide = useWide();
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
      {wide && <ChatButtons />}
      {(stored || !wide) && <Menu wide={wide} stored={stored} />}
    </header>
  );
}

interface MenuProps {
  readonly wide: boolean;
  readonly stored: boolean;
}

/** The same as in the list, for who has it closed; on a phone with what else stands in the bar. */
function Menu({ wide, stored }: MenuProps) {
  const chat = useDesk((desk) => desk.chat);
  const panels = useChatPanels();
  const marked = wide ? [] : panels.filter((panel) => panel.marked).map(wordsOf);
  const label = [t("chat.menu"), ...marked].join(", ");
  return (
    <Popover label={label} icon="more" kind="menu" marked={marked.length > 0}>
      {(close) => (
        <>
          {!wide && <PanelItems panels={panels} close={close} />}
          {stored && chat && (
            <ChatMenu
              chat={chat}
              close={close}
              onRename={() => ask({ about: "rename", chat: chat.id, title: titleOf(chat) })}
            />
          )}
        </>
      )}
    </Popover>
  );
}
