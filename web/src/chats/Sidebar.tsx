/** The list of chats: a new one, search, groups by date, and what can be done with each. */
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from "react";
import { t, useLanguage } from "../chat/language.ts";
import { desk } from "../desk.ts";
import { Items, useItems } from "../slots.tsx";
import { type Period, periodOf } from "../ui/format.ts";
import { Icon } from "../ui/icons.tsx";
import { Popover } from "../ui/Popover.tsx";
import type { Listed } from "./api.ts";
import { Chosen } from "./Chosen.tsx";
import { FolderList } from "./FolderList.tsx";
import { foldedIn, store as folders } from "./folders.ts";
import { ListItem } from "./ListItem.tsx";
import { loadMore, refreshList, search } from "./list.ts";
import { open, openHit } from "./open.ts";
import { choose, LIST_ITEMS, readShelf, store as shelf } from "./shelf.ts";
import { store } from "./store.ts";
import "./chats.css";

interface Props {
  readonly searchBox: RefObject<HTMLInputElement | null>;
  /** The foot of the list, for other rooms. */
  readonly children: ReactNode;
  onNavigate(): void;
}

const TYPING_MS = 150;

export function Sidebar({ searchBox, children, onNavigate }: Props) {
  useLanguage();
  const list = store.use((state) => state.list);
  const listed = store.use((state) => state.listed);
  const query = store.use((state) => state.query);
  const nextCursor = store.use((state) => state.nextCursor);
  const more = useItems("listMenu");
  const own = LIST_ITEMS.first.filter((item) => item.offered?.(desk) ?? true);
  const items = [...own, ...more, ...LIST_ITEMS.last];
  const openId = store.use((state) => state.openId);
  const [reached, setReached] = useState<string | null>(null);
  // One of all is a stop of the Tab key; the arrow keys go to the others.
  const known = folders.use((state) => state);
  const shown = query === "" ? [...foldedIn(), ...list] : list;
  const rows = query === "" ? [...known.folders, ...shown] : list;
  const isListed = (id: string | null) => rows.some((one) => one.id === id);
  const stop = [reached, openId].find(isListed) ?? rows[0]?.id;
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    void refreshList();
    void readShelf();
  }, []);
  // A new chat ends the search.
  useEffect(() => {
    clearTimeout(typing.current);
    if (query === "" && searchBox.current) searchBox.current.value = "";
  }, [query, searchBox]);
  const total = store.use((state) => state.total);
  const found = t(total === 1 ? "search.foundOne" : "search.found", { n: total });
  const go = ({ id, hit }: Listed) => {
    void (hit ? openHit(id, { id: hit.messageId, query }) : open(id));
    onNavigate();
  };
  const navigate = (id: string | null) => {
    void open(id);
    onNavigate();
  };
  const row = (item: Listed) => (
    <ListItem
      key={item.id}
      summary={item}
      reachable={item.id === stop}
      onReach={() => setReached(item.id)}
      onOpen={() => go(item)}
    />
  );
  return (
    <div className="sidebar">
      <div className="sidebar-head">
        <a
          className="wordmark"
          href="/"
          onClick={(event) => {
            event.preventDefault();
            navigate(null);
          }}
        >
          Charla
        </a>
        <Popover label={t("list.more")} icon="more" kind="menu">
          {(close) => <Items items={items} close={close} />}
        </Popover>
      </div>
      <button type="button" className="new-chat" onClick={() => navigate(null)}>
        <Icon name="plus" />
        {t("conversation.new")}
      </button>
      <search className="search">
        <Icon name="search" />
        <input
          ref={searchBox}
          type="search"
          placeholder={t("search.placeholder")}
          aria-label={t("search.label")}
          defaultValue={query}
          onChange={({ target }) => {
            clearTimeout(typing.current);
            typing.current = setTimeout(() => void search(target.value), TYPING_MS);
          }}
        />
      </search>
      <nav className="list" aria-label={t("list.label")} onKeyDown={walk}>
        <p role="status" className="sr-only">
          {query && found}
        </p>
        {listed && list.length === 0 && (
          <p className="list-empty">{t(query ? "search.none" : "list.empty")}</p>
        )}
        {query === "" && <FolderList row={row} stop={stop} onReach={setReached} />}
        {groups(list, query !== "").map(([name, items]) => (
          <section key={name}>
            <h2>{name === "found" ? found : t(`list.${name}`)}</h2>
            <ul>{items.map(row)}</ul>
          </section>
        ))}
        {nextCursor && (
          <button type="button" className="quiet" onClick={() => void loadMore()}>
            {t("list.loadMore")}
          </button>
        )}
      </nav>
      <Chosen />
      <div className="sidebar-foot">{children}</div>
    </div>
  );
}

/** What the arrow keys go to. */
const ITEM = ".folder-name, .chat-item > a, .chat-item > label > input";

/** Up and down through folders and chats; Escape ends the choice of several. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  if (event.key === "Escape" && shelf.get().chosen) {
    event.stopPropagation();
    choose(null);
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = document.activeElement
    ?.closest(".chat-item, .folder-head")
    ?.querySelector<HTMLElement>(ITEM);
  if (!step || !here || !event.currentTarget.contains(event.target as Node)) return;
  if ((event.target as HTMLElement).closest("input:not([type]), [popover]")) return;
  event.preventDefault();
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>(ITEM)];
  links.at((links.indexOf(here) + step) % links.length)?.focus();
}

type Group = Period | "pinned" | "found";

function groups(list: readonly Listed[], searched: boolean): [Group, Listed[]][] {
  const now = new Date();
  const nameOf = ({ pinned, updatedAt }: Listed): Group => {
    if (searched) return "found";
    return pinned ? "pinned" : periodOf(new Date(updatedAt), now);
  };
  return [...Map.groupBy(list, nameOf)];
}
