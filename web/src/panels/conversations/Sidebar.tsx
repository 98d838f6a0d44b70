/** The list of chats: a new one, search, groups by date, and what can be done with each. */
import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { t, useLanguage } from "../../chat/language.ts";
import { type Period, periodOf } from "../../ui/format.ts";
import { Icon } from "../../ui/icons.tsx";
import { MenuItem, Popover } from "../../ui/Popover.tsx";
import { exportAllUrl, type Summary } from "./api.ts";
import { ListItem } from "./ListItem.tsx";
import { importFile, loadMore, refreshList, search } from "./list.ts";
import { open } from "./open.ts";
import { store } from "./store.ts";

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
  const file = useRef<HTMLInputElement>(null);
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => void refreshList(), []);
  const navigate = (id: string | null) => {
    void open(id);
    onNavigate();
  };
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
          {(close) => (
            <>
              <MenuItem
                icon="import"
                label={t("import.action")}
                onClick={() => {
                  close();
                  file.current?.click();
                }}
              />
              <MenuItem
                icon="export"
                label={t("export.all")}
                onClick={() => {
                  close();
                  location.assign(exportAllUrl);
                }}
              />
            </>
          )}
        </Popover>
        <input
          ref={file}
          type="file"
          accept="application/json,.json"
          hidden
          aria-label={t("import.action")}
          onChange={async ({ target }) => {
            const [chosen] = target.files ?? [];
            if (chosen) await importFile(chosen);
            target.value = "";
          }}
        />
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
      <nav className="list" aria-label={t("list.label")}>
        <p role="status" className="sr-only">
          {query && t("search.found", { n: list.length })}
        </p>
        {listed && list.length === 0 && (
          <p className="list-empty">{t(query ? "search.none" : "list.empty")}</p>
        )}
        {groups(list, query !== "").map(([name, items]) => (
          <section key={name}>
            <h2>{t(`list.${name}`)}</h2>
            <ul>
              {items.map((item) => (
                <ListItem key={item.id} summary={item} onOpen={() => navigate(item.id)} />
              ))}
            </ul>
          </section>
        ))}
        {nextCursor && (
          <button type="button" className="quiet" onClick={() => void loadMore()}>
            {t("list.loadMore")}
          </button>
        )}
      </nav>
      <div className="sidebar-foot">{children}</div>
    </div>
  );
}

type Group = Period | "pinned" | "found";

function groups(list: readonly Summary[], searched: boolean): [Group, Summary[]][] {
  const now = new Date();
  const nameOf = ({ pinned, updatedAt }: Summary): Group => {
    if (searched) return "found";
    return pinned ? "pinned" : periodOf(new Date(updatedAt), now);
  };
  return [...Map.groupBy(list, nameOf)];
}
