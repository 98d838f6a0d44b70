/** What is to be learned from: files that are dropped or picked, or the reader's own chats. */
import { type DragEvent, useEffect, useId, useState } from "react";
import type { LookReply } from "../../../../src/features/training/api.ts";
import type { WrittenReply } from "../../../../src/features/training/teacher/api.ts";
import { language } from "../../chat/language.ts";
import { request } from "../../chat/problem.ts";
import { useDesk } from "../../desk.ts";
import { Form } from "../../ui/Form.tsx";
import { textOf } from "../../ui/fileText.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { getJson, sendJson } from "../../ui/json.ts";
import { Progress } from "../../ui/Progress.tsx";
import { useList } from "../../ui/useList.ts";
import type { Looked } from "./NewTraining.tsx";
import { listChats, listFolders, rowsOf, type Which } from "./own-chats.ts";
import { WRITTEN } from "./Writings.tsx";
import { t } from "./words.ts";

const SOURCES = ["files", "own", "written"] as const;
export const ACCEPTED = ".jsonl,.json,.csv,.tsv";

interface DataProps {
  /** Texts of a teacher that were chosen. */
  readonly written?: string | undefined;
  looked(what: Looked): void;
}

export function DataForm({ written, looked }: DataProps) {
  const [source, setSource] = useState<(typeof SOURCES)[number]>(written ? "written" : "files");
  const [files, setFiles] = useState<readonly File[]>([]);
  const hint = useId();
  const [read, setRead] = useState<number | null>(null);
  const add = (more: Iterable<File>) => {
    // The input's own list empties with it.
    const kept = [...more];
    const other = ({ name }: File) => !kept.some((one) => one.name === name);
    setFiles((before) => [...before.filter(other), ...kept]);
  };
  return (
    <Form
      submit={t("look")}
      kind="main"
      action={async (field, form) => {
        const wanted = {
          which: (field("which") || "chosen") as Which,
          ...{ chats: form.getAll("chat").map(String), folder: field("folder") },
        };
        const tell = (done: number, total: number) => setRead(done / total);
        const own = source === "own";
        try {
          const chosen = {
            own: async () => [
              { name: `${t("own.name")}.jsonl`, content: await rowsOf(wanted, tell) },
            ],
            written: () => writtenFile(field("written")),
            files: () =>
              Promise.all(
                files.map(async (one) => ({ name: one.name, content: await textOf(one) })),
              ),
          };
          const data = {
            files: await chosen[source](),
            unmasked: !form.has("mask"),
          };
          const body = { ...data, language: language() };
          looked({ data, own, reply: await sendJson<LookReply>("POST", LOOK, body) });
        } finally {
          setRead(null);
        }
      }}
    >
      <p className="lead">{t("data.lead")}</p>
      <fieldset className="training-sources">
        <legend>{t("data")}</legend>
        {SOURCES.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="source"
              value={one}
              checked={source === one}
              onChange={() => setSource(one)}
            />{" "}
            {t(`data.${one}`)}
          </label>
        ))}
      </fieldset>
      {source === "files" && <Files files={files} add={add} set={setFiles} />}
      {source === "own" && <Own />}
      {source === "written" && <Written chosen={written} />}
      <div className="training-check">
        <label>
          <input type="checkbox" name="mask" defaultChecked aria-describedby={hint} /> {t("mask")}
        </label>
        <p className="hint" id={hint}>
          {t("mask.hint")}
        </p>
      </div>
      {read !== null && <Progress value={read} label={t("own.reading")} />}
    </Form>
  );
}

const LOOK = "/api/training/look";

/** What a teacher has written, one of it chosen. */
function Written({ chosen }: { readonly chosen: string | undefined }) {
  const id = useId();
  const { reply } = useList<WrittenReply>(WRITTEN);
  const sets = (reply?.items ?? []).filter(({ answers }) => answers > 0);
  if (reply && sets.length === 0) return <p className="hint">{t("written.none")}</p>;
  return (
    <div className="field">
      <label htmlFor={id}>{t("written.which")}</label>
      <select id={id} name="written" required key={sets.length} defaultValue={chosen}>
        {sets.map(({ id, name, teacher }) => (
          <option key={id} value={id}>
            {`${name} (${teacher.model})`}
          </option>
        ))}
      </select>
    </div>
  );
}

async function writtenFile(id: string): Promise<{ name: string; content: string }[]> {
  const { items } = await getJson<WrittenReply>(WRITTEN);
  const name = items.find((one) => one.id === id)?.name ?? id;
  const content = await (await request(`${WRITTEN}/${id}/rows`)).text();
  return [{ name: `${name}.jsonl`, content }];
}

interface FilesProps {
  readonly files: readonly File[];
  add(files: Iterable<File>): void;
  set(files: readonly File[]): void;
}

function Files({ files, add, set }: FilesProps) {
  const [over, setOver] = useState(false);
  const input = useId();
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the input in it is for keys */}
      <div
        className="training-drop"
        data-drops
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <label htmlFor={input}>{t("files.drop")}</label>
        <input
          id={input}
          type="file"
          multiple
          accept={ACCEPTED}
          // Once some are chosen, they stand in the list below.
          required={files.length === 0}
          onChange={({ target }) => {
            add(target.files ?? []);
            target.value = "";
          }}
        />
        <p className="hint">{t("files.formats")}</p>
      </div>
      <ul className="training-files">
        {files.map((file) => (
          <li key={file.name}>
            <span>{file.name}</span>
            <IconButton
              icon="close"
              label={t("files.remove", { name: file.name })}
              onClick={() => set(files.filter((one) => one !== file))}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Of the reader's own: which chats. */
function Own() {
  const [which, setWhich] = useState<Which>("chosen");
  const [chats, setChats] = useState<Awaited<ReturnType<typeof listChats>>>();
  const [folders, setFolders] = useState<Awaited<ReturnType<typeof listFolders>>>([]);
  const thumbs = useDesk((desk) => desk.has("evaluation"));
  const ids = { which: useId(), folder: useId() };
  useEffect(() => {
    listChats().then(setChats, () => setChats([]));
    listFolders().then(setFolders, () => {});
  }, []);
  const offered = [
    "chosen",
    folders.length > 0 && "folder",
    thumbs && "thumbs",
    thumbs && "judged",
  ] as const;
  return (
    <>
      <div className="field">
        <label htmlFor={ids.which}>{t("own.which")}</label>
        <select
          id={ids.which}
          name="which"
          value={which}
          onChange={({ target }) => setWhich(target.value as Which)}
        >
          {offered.filter(Boolean).map((one) => (
            <option key={String(one)} value={String(one)}>
              {t(`own.${one as Which}`)}
            </option>
          ))}
        </select>
        {(which === "thumbs" || which === "judged") && (
          <p className="hint">{t(`own.${which}.hint`)}</p>
        )}
      </div>
      {which === "folder" && (
        <div className="field">
          <label htmlFor={ids.folder}>{t("own.folder.name")}</label>
          <select id={ids.folder} name="folder">
            {folders.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
      {which === "chosen" && chats?.length === 0 && <p className="hint">{t("own.none")}</p>}
      {which === "chosen" && chats && chats.length > 0 && (
        <fieldset className="training-chats">
          <legend>{t("own.chats")}</legend>
          {chats.map(({ id, title }) => (
            <label key={id}>
              <input type="checkbox" name="chat" value={id} defaultChecked />{" "}
              {title || t("own.new")}
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}
