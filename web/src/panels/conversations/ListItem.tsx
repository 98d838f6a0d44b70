/** One chat in the list: its title, where the search found something, and its menu. */
import { useState } from "react";
import { t } from "../../chat/language.ts";
import { MenuItem, Popover } from "../../ui/Popover.tsx";
import { exportUrl, type Summary } from "./api.ts";
import { pin, rename } from "./list.ts";
import { remove } from "./open.ts";
import { store } from "./store.ts";

export function ListItem({ summary, onOpen }: { summary: Summary; onOpen(): void }) {
  const { id, pinned, snippet } = summary;
  const [renaming, setRenaming] = useState(false);
  const current = store.use(({ openId }) => openId === id);
  if (renaming) return <Rename summary={summary} onDone={() => setRenaming(false)} />;
  return (
    <li className="chat-item">
      <a
        href={`/c/${encodeURIComponent(id)}`}
        aria-current={current ? "page" : undefined}
        onClick={(event) => {
          // Other clicks open a tab, as they do for any link.
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          onOpen();
        }}
        onDoubleClick={() => setRenaming(true)}
      >
        <span className="list-title" dir="auto">
          {titleOf(summary)}
        </span>
        {snippet && <Snippet text={snippet} />}
      </a>
      <Popover label={t("conversation.menu", { title: titleOf(summary) })} icon="more" kind="menu">
        {(close) => {
          const item = (action: () => void) => () => {
            close();
            action();
          };
          return (
            <>
              <MenuItem
                icon="pin"
                label={t(pinned ? "conversation.unpin" : "conversation.pin")}
                onClick={item(() => void pin(id, !pinned))}
              />
              <MenuItem
                icon="edit"
                label={t("conversation.rename")}
                onClick={item(() => setRenaming(true))}
              />
              <MenuItem
                icon="export"
                label={t("export.markdown")}
                onClick={item(() => location.assign(exportUrl(id, "markdown")))}
              />
              <MenuItem
                icon="export"
                label={t("export.json")}
                onClick={item(() => location.assign(exportUrl(id, "json")))}
              />
              <MenuItem
                icon="trash"
                label={t("conversation.delete")}
                danger
                onClick={item(() => void remove(id))}
              />
            </>
          );
        }}
      </Popover>
    </li>
  );
}

export const titleOf = ({ title }: Pick<Summary, "title">) => title || t("conversation.untitled");

function Rename({ summary, onDone }: { summary: Summary; onDone(): void }) {
  const [title, setTitle] = useState(titleOf(summary));
  const save = () => {
    onDone();
    const name = title.trim();
    if (name !== "" && name !== summary.title) void rename(summary.id, name);
  };
  return (
    <li className="chat-item renaming">
      <input
        value={title}
        maxLength={300}
        aria-label={t("conversation.rename")}
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here
        autoFocus
        onFocus={({ target }) => target.select()}
        onChange={({ target }) => setTitle(target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === "Enter") save();
          if (event.key !== "Escape") return;
          event.stopPropagation();
          onDone();
        }}
      />
    </li>
  );
}

/** Characters before the match, so that it stands in the first line. */
const BEFORE = 22;

/** The match stands between U+E000 and U+E001. */
function Snippet({ text }: { text: string }) {
  const [before = "", match = "", after = ""] = text.split(/[\uE000\uE001]/);
  const near = before.length > BEFORE ? `…${before.slice(-BEFORE)}` : before;
  return (
    <span className="list-snippet" dir="auto">
      {near}
      <mark>{match}</mark>
      {after}
    </span>
  );
}
