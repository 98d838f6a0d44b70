/** A person's collections of files, and those that others lend: made, filled, used, lent, deleted. */
import { useState } from "react";
import type {
  Collection,
  CollectionList,
  KnownFile,
} from "../../../../src/features/knowledge/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { Field, Form } from "../../ui/Form.tsx";
import { sendJson } from "../../ui/json.ts";
import { Lent } from "../../ui/Lent.tsx";
import { Item, Section } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { countOf } from "./Shelves.tsx";
import { at, attachToChat, isUsed, make, PATH } from "./shelves.ts";
import { t } from "./words.ts";

interface Props {
  readonly files: readonly KnownFile[];
  /** Reads the list of files again, which tells of their collections. */
  reload(): Promise<void>;
}

export function Collections({ files, reload }: Props) {
  useLanguage();
  const { reply, problem, change } = useList<CollectionList>(PATH);
  const [open, setOpen] = useState<string | null>(null);
  const act = async (work: () => Promise<unknown>) => {
    await change(work);
    await reload();
  };
  return (
    <Section title={t("collections.title")} lead={t("collections.lead")} problem={problem}>
      {reply && reply.items.length > 0 && (
        <ul className="items">
          {reply.items.map((one) => (
            <Row
              key={one.id}
              one={one}
              lending={reply.lending}
              open={open === one.id}
              files={files}
              setOpen={(yes) => setOpen(yes ? one.id : null)}
              act={act}
            />
          ))}
        </ul>
      )}
      <Form
        submit={t("collection.make")}
        action={async (field) => {
          const { id } = await make(field("name"), []);
          setOpen(id);
          await act(async () => {});
        }}
      >
        <Field name="name" label={t("collection.name")} maxLength={100} autoComplete="off" />
      </Form>
    </Section>
  );
}

interface RowProps {
  readonly one: Collection;
  readonly lending: boolean;
  readonly open: boolean;
  readonly files: readonly KnownFile[];
  setOpen(yes: boolean): void;
  act(work: () => Promise<unknown>): Promise<void>;
}

function Row({ one, lending, open, files, setOpen, act }: RowProps) {
  const { id, name, by, lent, lentTo } = one;
  const used = useDesk(() => isUsed(id));
  const temporary = useDesk((desk) => desk.temporary);
  const [sure, setSure] = useState(false);
  const facts = [
    countOf(one.files.length),
    by === null ? "" : t("collection.by", { name: by }),
    by === null && lent ? t("collection.lent") : "",
    lentTo.length > 0
      ? t("collection.lentTo", { names: lentTo.map((person) => person.name).join(", ") })
      : "",
  ];
  return (
    <Item
      title={<span dir="auto">{name}</span>}
      facts={facts.filter(Boolean).join(" · ")}
      below={open && <Inside one={one} files={files} lending={lending} act={act} />}
    >
      {sure ? (
        <>
          <button type="button" className="quiet" onClick={() => setSure(false)}>
            {t("cancel")}
          </button>
          <button
            type="button"
            className="primary danger"
            onClick={() => void act(() => sendJson("DELETE", at(id)))}
          >
            {t("file.delete.sure")}
          </button>
        </>
      ) : (
        <>
          {!temporary && (
            <button
              type="button"
              className="secondary"
              aria-pressed={used}
              onClick={() => void desk.attempt(() => attachToChat(id, !used))}
            >
              {t(used ? "collection.used" : "collection.use")}
            </button>
          )}
          {by === null && (
            <>
              <button
                type="button"
                className="secondary"
                aria-expanded={open}
                onClick={() => setOpen(!open)}
              >
                {t("collection.edit")}
              </button>
              <button type="button" className="quiet" onClick={() => setSure(true)}>
                {t("collection.delete")}
              </button>
            </>
          )}
        </>
      )}
    </Item>
  );
}

/** What is in one, and whether others may read it. */
function Inside({ one, files, lending, act }: Pick<RowProps, "one" | "files" | "lending" | "act">) {
  const inside = new Set(one.files.map(({ id }) => id));
  const patch = (body: object) => void act(() => sendJson("PATCH", at(one.id), body));
  return (
    <div className="collection-inside">
      {files.length === 0 && <p className="hint">{t("collection.noFiles")}</p>}
      <ul className="choices">
        {files.map(({ id, name }) => (
          <li key={id}>
            <label className="choice">
              <input
                type="checkbox"
                checked={inside.has(id)}
                onChange={() => patch(inside.has(id) ? { remove: [id] } : { add: [id] })}
              />
              <span dir="auto">{name}</span>
            </label>
          </li>
        ))}
      </ul>
      {(lending || one.lent || one.lentTo.length > 0) && (
        <>
          <p className="hint">{t("collection.lend.hint")}</p>
          <Lent
            {...{ name: one.name, lent: one.lent, lentTo: one.lentTo, lending }}
            knows={desk.administers}
            change={async (what) => {
              await sendJson("PATCH", at(one.id), what);
              await act(async () => {});
            }}
          />
        </>
      )}
    </div>
  );
}
