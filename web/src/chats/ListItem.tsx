/** One chat in the list: its title, where the search found something, and its menu. */
import { useState } from "react";
import { matches, words } from "../../../src/core/folded.ts";
import { language, t } from "../chat/language.ts";
import { formatDay } from "../ui/format.ts";
import { Popover } from "../ui/Popover.tsx";
import type { Listed, Summary } from "./api.ts";
import { ChatMenu } from "./ChatMenu.tsx";
import { CHAT } from "./FolderList.tsx";
import { folderName, store as folders } from "./folders.ts";
import { rename } from "./list.ts";
import { store as shelf, toggleChosen } from "./shelf.ts";
import { store } from "./store.ts";

interface Props {
  readonly summary: Listed;
  /** Whether the Tab key stops here. */
  readonly reachable: boolean;
  onReach(): void;
  onOpen(): void;
}

export function ListItem({ summary, reachable, onReach, onOpen }: Props) {
  const tabIndex = reachable ? 0 : -1;
  const { id } = summary;
  const [renaming, setRenaming] = useState(false);
  const current = store.use(({ openId }) => openId === id);
  const chosen = shelf.use(({ chosen }) => chosen?.has(id));
  if (renaming) return <Rename summary={summary} onDone={() => setRenaming(false)} />;
  if (chosen !== undefined)
    return (
      <li className="chat-item">
        <label>
          <input
            type="checkbox"
            checked={chosen}
            tabIndex={tabIndex}
            onFocus={onReach}
            onChange={() => toggleChosen(id)}
          />
          <span>
            <About summary={summary} />
          </span>
        </label>
      </li>
    );
  return (
    <li className="chat-item">
      <a
        href={`/c/${encodeURIComponent(id)}`}
        aria-current={current ? "page" : undefined}
        tabIndex={tabIndex}
        onFocus={onReach}
        onDragStart={({ dataTransfer }) => dataTransfer.setData(CHAT, id)}
        onClick={(event) => {
          // Other clicks open a tab, as they do for any link.
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          onOpen();
        }}
        onDoubleClick={() => setRenaming(true)}
      >
        <About summary={summary} />
      </a>
      <Popover
        label={t("conversation.menu", { title: titleOf(summary) })}
        icon="more"
        kind="menu"
        tabIndex={tabIndex}
      >
        {(close) => (
          <ChatMenu chat={summary} close={close} onRename={() => setRenaming(true)} listed />
        )}
      </Popover>
    </li>
  );
}

/** Its title, and of one that was found, where, when, and in what place of the list it stands. */
function About({ summary }: Pick<Props, "summary">) {
  const { snippet, hit, updatedAt, archived, folderId } = summary;
  const query = store.use((state) => state.query);
  const folder = folders.use(() => folderName(folderId));
  const place = archived ? t("conversation.archived") : folder;
  return (
    <>
      <span className="list-title" dir="auto">
        <Marked text={titleOf(summary)} query={query} />
      </span>
      {snippet && <Snippet text={snippet} />}
      {query && (
        <span className="list-date">
          <time dateTime={hit?.createdAt ?? updatedAt}>
            {formatDay(new Date(hit?.createdAt ?? updatedAt), language())}
          </time>
          {place && <span dir="auto">{place}</span>}
        </span>
      )}
    </>
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

/** A title with the words that were searched for. */
function Marked({ text, query }: { text: string; query: string }) {
  let at = 0;
  const pieces = matches(text, words(query)).map(([from, to]) => {
    const before = text.slice(at, from);
    at = to;
    return [before, <mark key={from}>{text.slice(from, to)}</mark>];
  });
  return [pieces, text.slice(at)];
}

/** Characters before the first match, so that it stands in the first line. */
const BEFORE = 22;

/** Each match stands between U+E000 and U+E001. */
function Snippet({ text }: { text: string }) {
  const [before = "", ...rest] = text.split(/[\uE000\uE001]/);
  const near = before.length > BEFORE ? `…${before.slice(-BEFORE)}` : before;
  return (
    <span className="list-snippet" dir="auto">
      {near}
      {/* biome-ignore lint/suspicious/noArrayIndexKey: they never change places */}
      {rest.map((piece, at) => (at % 2 === 0 ? <mark key={at}>{piece}</mark> : piece))}
    </span>
  );
}
