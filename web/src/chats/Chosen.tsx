/** Under the list while several chats are chosen in it: how many, and what can be done with them. */
import { useEffect } from "react";
import { t } from "../chat/language.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { foldedIn } from "./folders.ts";
import { archive, ask, choose, exportSeveral, remove, store } from "./shelf.ts";
import { store as chats } from "./store.ts";

export function Chosen() {
  const chosen = store.use((state) => state.chosen);
  const begun = chosen !== null;
  useEffect(() => {
    if (begun) document.querySelector<HTMLElement>(".chat-item input")?.focus();
  }, [begun]);
  if (!chosen) return null;
  const ids = [...chosen];
  const none = ids.length === 0;
  const { list } = chats.get();
  const all = [...list, ...foldedIn()].map(({ id }) => id);
  const archived = [...list, ...foldedIn()].filter(({ id }) => chosen.has(id));
  const back = !none && archived.every((chat) => chat.archived);
  return (
    <div className="chosen" role="toolbar" aria-label={t("shelf.chosen.label")}>
      <div>
        <span role="status">{t("shelf.chosen", { n: ids.length })}</span>
        <button
          type="button"
          className="quiet"
          aria-label={t("shelf.chooseAll")}
          onClick={() => choose(all)}
        >
          {t("shelf.all")}
        </button>
        <IconButton icon="close" label={t("cancel")} onClick={() => choose(null)} />
      </div>
      <div>
        <IconButton
          icon="archive"
          label={t(back ? "conversation.unarchive" : "conversation.archive")}
          disabled={none}
          onClick={() => void archive(ids, !back)}
        />
        <IconButton
          icon="folder"
          label={t("conversation.move")}
          disabled={none}
          onClick={() => ask({ about: "move", chats: ids })}
        />
        <IconButton
          icon="export"
          label={t("shelf.export")}
          disabled={none}
          onClick={() => void exportSeveral(ids)}
        />
        <IconButton
          icon="trash"
          label={t("conversation.delete")}
          disabled={none}
          onClick={() => void remove(ids)}
        />
      </div>
    </div>
  );
}
