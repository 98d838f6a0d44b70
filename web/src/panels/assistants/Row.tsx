/** One assistant in the list: what it is, and what can be done with it. */
import { useState } from "react";
import type { LoanChange } from "../../../../src/core/loans.ts";
import type { Assistant } from "../../../../src/features/assistants/api.ts";
import type { Collection, CollectionList } from "../../../../src/features/knowledge/api.ts";
import type { ToolList } from "../../../../src/features/tools/api.ts";
import { language } from "../../chat/language.ts";
import { desk } from "../../desk.ts";
import { getJson, sendJson } from "../../ui/json.ts";
import { Lent } from "../../ui/Lent.tsx";
import { MenuItem, Popover } from "../../ui/Popover.tsx";
import { Item } from "../../ui/Section.tsx";
import { Face } from "./Face.tsx";
import { asksFirst, at, begin, toolsOf } from "./store.ts";
import { t } from "./words.ts";

interface Props {
  readonly one: Assistant;
  readonly lending: boolean;
  change(work: () => Promise<unknown>): Promise<void>;
  onEdit(): void;
}

/** What somebody is asked about it before it happens. */
type Asked =
  | { readonly about: "delete" }
  | { readonly about: "lend"; readonly collections: readonly Collection[] }
  | { readonly about: "tools"; readonly names: readonly string[] };

export function Row({ one, lending, change, onEdit }: Props) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { name, icon, about, version, lent, by } = one;
  const facts = [
    about,
    by === null ? t("row.version", { n: version }) : t("row.by", { name: by }),
    by === null && lent ? t("row.lent") : "",
    by === null && one.lentTo.length > 0 ? t("row.lentTo", { names: namesOf(one) }) : "",
  ];
  const start = async () => {
    if (!asksFirst(one)) return begin(one, toolsOf(one));
    setAsked({ about: "tools", names: await toolNames(toolsOf(one)) });
  };
  return (
    <Item
      title={
        <>
          <Face icon={icon} name={name} />
          <span dir="auto">{name}</span>
        </>
      }
      facts={facts.filter(Boolean).join(" · ")}
      below={
        asked && <Question {...{ one, asked, lending, change }} close={() => setAsked(null)} />
      }
    >
      <button type="button" className="secondary" onClick={() => void desk.attempt(start)}>
        {t("row.begin")}
        <span className="sr-only">: {name}</span>
      </button>
      <Popover label={t("row.menu", { name })} icon="more" kind="menu">
        {(close) => {
          const item = (work: () => unknown) => () => {
            close();
            work();
          };
          return (
            <>
              {by === null && <MenuItem icon="edit" label={t("edit")} onClick={item(onEdit)} />}
              <MenuItem
                icon="download"
                label={t("row.export")}
                onClick={item(() => void change(() => save(one)))}
              />
              {by === null && (lending || lent || one.lentTo.length > 0) && (
                <MenuItem
                  icon="people"
                  label={t("row.lend")}
                  onClick={item(() =>
                    change(async () =>
                      setAsked({ about: "lend", collections: await ownCollections(one) }),
                    ),
                  )}
                />
              )}
              {by === null && (
                <MenuItem
                  icon="trash"
                  danger
                  label={t("row.delete")}
                  onClick={item(() => setAsked({ about: "delete" }))}
                />
              )}
            </>
          );
        }}
      </Popover>
    </Item>
  );
}

const namesOf = ({ lentTo }: Assistant) => lentTo.map(({ name }) => name).join(", ");

interface QuestionProps extends Pick<Props, "one" | "lending" | "change"> {
  readonly asked: Asked;
  close(): void;
}

function Question({ one, asked, lending, change, close }: QuestionProps) {
  const go = (work: () => Promise<unknown>) => {
    close();
    void change(work);
  };
  const cancel = (
    <button type="button" className="quiet" onClick={close}>
      {t("cancel")}
    </button>
  );
  if (asked.about === "delete")
    return (
      <div className="assistant-asked" role="alert">
        <p>{t("ask.delete")}</p>
        <div className="buttons">
          {cancel}
          <button
            type="button"
            className="primary danger"
            onClick={() => go(() => sendJson("DELETE", at(one.id)))}
          >
            {t("row.delete")}
          </button>
        </div>
      </div>
    );
  if (asked.about === "lend") {
    const quoted = (name: string) => (language() === "es" ? `«${name}»` : `“${name}”`);
    const names = asked.collections.map(({ name }) => quoted(name)).join(", ");
    return (
      <div className="assistant-asked">
        <p>
          {t("ask.lend")} {names && t("ask.lend.files", { names })}
        </p>
        <Lent
          {...{ name: one.name, lent: one.lent, lentTo: one.lentTo, lending }}
          knows={desk.administers}
          change={async (what: LoanChange) => {
            // What answers are drawn from goes along; taking back is for each to say.
            const along = what.lent === true || what.lendTo !== undefined ? asked.collections : [];
            for (const { id } of along) await sendJson("PATCH", `/api/collections/${id}`, what);
            await sendJson("PATCH", at(one.id), what);
            await change(async () => {});
          }}
        />
        <div className="buttons">
          <button type="button" className="quiet" onClick={close}>
            {t("close")}
          </button>
        </div>
      </div>
    );
  }
  return (
    <div className="assistant-asked" role="alert">
      <p>{t("ask.tools", { names: asked.names.join(", ") })}</p>
      <div className="buttons">
        {cancel}
        <button type="button" className="secondary" onClick={() => void begin(one, [])}>
          {t("ask.tools.without")}
        </button>
        <button type="button" className="primary" onClick={() => void begin(one, toolsOf(one))}>
          {t("ask.tools.with")}
        </button>
      </div>
    </div>
  );
}

/** Its collections of files that not everybody can read yet. */
async function ownCollections({ settings }: Assistant): Promise<readonly Collection[]> {
  const { collections } = settings;
  if (!Array.isArray(collections) || !desk.has("knowledge")) return [];
  const { items } = await getJson<CollectionList>("/api/collections");
  return items.filter(({ id, by, lent }) => by === null && !lent && collections.includes(id));
}

/** As people call them. */
async function toolNames(names: readonly string[]): Promise<readonly string[]> {
  const known = desk.has("tools") ? (await getJson<ToolList>("/api/tools")).items : [];
  return names.map((name) => known.find((one) => one.name === name)?.label[language()] ?? name);
}

async function save({ id, name }: Assistant): Promise<void> {
  const file = await getJson<object>(`${at(id)}/export`);
  const link = document.createElement("a");
  const json = `${JSON.stringify(file, null, 2)}\n`;
  link.href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  link.download = `${name.replace(/[\p{C}\\/:*?"<>|]/gu, "_")}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
