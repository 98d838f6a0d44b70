/** The bar above a chat: the list's switch, the title, the model, and the chat's settings. */
import { t, useLanguage } from "./chat/language.ts";
import { titleOf } from "./panels/conversations/ListItem.tsx";
import * as chats from "./panels/conversations/store.ts";
import { useModelName } from "./panels/models/store.ts";
import * as sharing from "./panels/sharing/store.ts";
import * as status from "./panels/status/store.ts";
import { IconButton } from "./ui/IconButton.tsx";
import { Icon } from "./ui/icons.tsx";

interface Props {
  readonly sidebarOpen: boolean;
  onSidebar(): void;
  /** Null where there are no models to choose from. */
  readonly onModels: (() => void) | null;
  onSettings(): void;
  onShare(): void;
}

export function ChatHeader({ sidebarOpen, onSidebar, onModels, onSettings, onShare }: Props) {
  useLanguage();
  const title = chats.store.use(({ chat }) => (chat ? titleOf(chat) : null));
  const chosen = chats.store.use(({ chat, newSettings }) => (chat?.settings ?? newSettings).model);
  const current = status.store.use(({ status }) => status?.model ?? null);
  const offered = sharing.store.use(sharing.isOffered);
  const shareable = chats.store.use(({ chat }) => (chat?.messages.length ?? 0) > 0) && offered;
  const model = useModelName(chosen ?? current);
  return (
    <header className="bar">
      <IconButton
        icon="sidebar"
        label={t(sidebarOpen ? "list.hide" : "list.show")}
        aria-expanded={sidebarOpen}
        onClick={onSidebar}
      />
      {title === null ? (
        <h1 className="chat-title">
          <span className="sr-only">Charla · </span>
          <span className="subtitle">{t("app.subtitle")}</span>
        </h1>
      ) : (
        <h1 className="chat-title" dir="auto" title={title}>
          {title}
        </h1>
      )}
      {model && (
        <button
          type="button"
          className="model-chip"
          disabled={onModels === null}
          onClick={onModels ?? undefined}
          title={onModels ? t("models.open") : model}
        >
          <Icon name="model" />
          <span>{model}</span>
        </button>
      )}
      {shareable && <IconButton icon="share" label={t("share.title")} onClick={onShare} />}
      <IconButton icon="sliders" label={t("settings.title")} onClick={onSettings} />
    </header>
  );
}
