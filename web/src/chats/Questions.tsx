/** The dialogs by which chats and folders are named, moved, and deleted all together. */
import { useState } from "react";
import { t } from "../chat/language.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { Field, Form } from "../ui/Form.tsx";
import { Icon } from "../ui/icons.tsx";
import { foldedIn, store as folderStore } from "./folders.ts";
import { rename } from "./list.ts";
import { ask, move, type Question, remove, removeFolder, saveFolder, store } from "./shelf.ts";
import { store as chats } from "./store.ts";

const close = () => ask(null);

export function Questions() {
  const question = store.use((state) => state.question);
  if (!question) return null;
  return (
    <Dialog title={titleOf(question)} kind="small" onClose={close}>
      <Asked question={question} />
    </Dialog>
  );
}

function titleOf(question: Question): string {
  if (question.about === "move")
    return question.chats.length === 1
      ? t("shelf.move")
      : t("shelf.moveSeveral", { n: question.chats.length });
  if (question.about === "rename") return t("conversation.rename");
  if (question.about === "delete all") return t("shelf.deleteAll.title");
  if (question.about === "delete folder")
    return t("folder.delete.title", { name: question.folder.name });
  return t(question.folder ? "folder.rename" : "folder.new");
}

function Asked({ question }: { readonly question: Question }) {
  if (question.about === "move") return <Move chats={question.chats} />;
  if (question.about === "rename") {
    const { chat, title } = question;
    return <Name value={title} save={async (name) => void (await rename(chat, name))} />;
  }
  if (question.about === "delete all")
    return (
      <Sure
        text={t("shelf.deleteAll.text")}
        button={t("shelf.deleteAll")}
        action={() => remove("all")}
      />
    );
  const { folder } = question;
  if (question.about === "delete folder")
    return (
      <Sure
        text={t("folder.delete.text")}
        button={t("folder.delete")}
        action={() => removeFolder(question.folder)}
      />
    );
  return <Name value={folder?.name ?? ""} save={(name) => saveFolder(folder, name)} />;
}

const Cancel = () => (
  <button type="button" className="quiet" onClick={close}>
    {t("cancel")}
  </button>
);

interface NameProps {
  readonly value: string;
  save(name: string): Promise<unknown>;
}

const Name = ({ value, save }: NameProps) => (
  <Form
    kind="main"
    submit={t("save")}
    beside={<Cancel />}
    action={async (field) => {
      await save(field("name"));
      close();
    }}
  >
    <Field name="name" label={t("folder.name")} defaultValue={value} autoFocus />
  </Form>
);

interface SureProps {
  readonly text: string;
  readonly button: string;
  action(): Promise<unknown>;
}

const Sure = ({ text, button, action }: SureProps) => (
  <Form
    kind="danger"
    submit={button}
    beside={<Cancel />}
    action={async () => {
      await action();
      close();
    }}
  >
    <p>{text}</p>
  </Form>
);

function Move({ chats: ids }: { readonly chats: readonly string[] }) {
  const folders = folderStore.use((state) => state.folders);
  const [making, setMaking] = useState(folders.length === 0);
  const { list, chat } = chats.get();
  const known = [...list, ...foldedIn(), ...(chat ? [chat] : [])];
  const places = new Set(ids.map((id) => known.find((one) => one.id === id)?.folderId ?? null));
  const here = places.size === 1 ? [...places][0] : undefined;
  const to = (folderId: string | null) => {
    close();
    if (folderId !== here) void move(ids, folderId);
  };
  const choice = (id: string | null, label: string) => (
    <li key={id}>
      <button type="button" className="choice" onClick={() => to(id)}>
        <Icon name={id === null ? "close" : "folder"} />
        <span dir="auto">{label}</span>
        {id === here && <Icon name="check" />}
      </button>
    </li>
  );
  return (
    <>
      {folders.length > 0 && (
        <ul className="choices">
          {folders.map(({ id, name }) => choice(id, name))}
          {here !== null && choice(null, t("folder.none"))}
        </ul>
      )}
      {making ? (
        <Form
          kind="main"
          submit={t("folder.moveNew")}
          beside={<Cancel />}
          action={async (field) => to((await saveFolder(null, field("name"))).id)}
        >
          <Field name="name" label={t("folder.newName")} autoFocus />
        </Form>
      ) : (
        <button type="button" className="secondary" onClick={() => setMaking(true)}>
          <Icon name="plus" />
          {t("folder.new")}
        </button>
      )}
    </>
  );
}
