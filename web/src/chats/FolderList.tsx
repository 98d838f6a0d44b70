/** The folders in the list: each unfolds to its chats, and takes those that are dropped on it. */
import { type DragEvent, type ReactNode, useState } from "react";
import { t } from "../chat/language.ts";
import { Icon } from "../ui/icons.tsx";
import { MenuItem, Popover } from "../ui/Popover.tsx";
import type { Folder, Listed } from "./api.ts";
import { loadMoreOf, store, toggle } from "./folders.ts";
import { ask, move } from "./shelf.ts";

/** What a chat is called while it is dragged. */
export const CHAT = "application/x-charla-chat";

interface Props {
  /** Of the folder in which the Tab key stops, if it is one. */
  readonly stop: string | undefined;
  onReach(id: string): void;
  /** Shows one chat. */
  row(chat: Listed): ReactNode;
}

export function FolderList(props: Props) {
  const folders = store.use((state) => state.folders);
  if (folders.length === 0) return null;
  return (
    <section>
      <h2>{t("folder.list")}</h2>
      <ul>
        {folders.map((folder) => (
          <Row key={folder.id} folder={folder} {...props} />
        ))}
      </ul>
    </section>
  );
}

function Row({ folder, stop, onReach, row }: Props & { readonly folder: Folder }) {
  const { id, name, chats } = folder;
  const inside = store.use(({ unfolded }) => unfolded[id]);
  const tabIndex = stop === id ? 0 : -1;
  const [over, setOver] = useState(false);
  const takes = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes(CHAT);
  return (
    <li
      className={over ? "folder over" : "folder"}
      onDragOver={(event) => {
        if (!takes(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (!takes(event)) return;
        event.preventDefault();
        void move([event.dataTransfer.getData(CHAT)], id);
      }}
    >
      <div className="folder-head">
        <button
          type="button"
          className="folder-name"
          tabIndex={tabIndex}
          onFocus={() => onReach(id)}
          aria-expanded={inside !== undefined}
          onClick={() => toggle(id)}
        >
          <Icon name={inside ? "unfold" : "right"} />
          <span dir="auto">{name}</span>
          <small>{chats}</small>
        </button>
        <Popover label={t("folder.menu", { name })} icon="more" kind="menu" tabIndex={tabIndex}>
          {(close) => (
            <>
              <MenuItem
                icon="edit"
                label={t("folder.rename")}
                onClick={() => {
                  close();
                  ask({ about: "folder", folder });
                }}
              />
              <MenuItem
                icon="trash"
                label={t("folder.delete")}
                danger
                onClick={() => {
                  close();
                  ask({ about: "delete folder", folder });
                }}
              />
            </>
          )}
        </Popover>
      </div>
      {inside && (
        <ul className="folder-chats" aria-label={name}>
          {inside.items.map(row)}
          {chats === 0 && <li className="list-empty">{t("folder.empty")}</li>}
          {inside.nextCursor && (
            <li>
              <button type="button" className="quiet" onClick={() => loadMoreOf(id)}>
                {t("list.loadMore")}
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}
