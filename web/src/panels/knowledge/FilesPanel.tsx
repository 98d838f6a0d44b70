/** A person's files: what is there and in which state, to search, read, keep, save and delete. */
import { type FormEvent, useEffect, useState } from "react";
import type { FileList, KnownFile, SearchReply } from "../../../../src/features/knowledge/api.ts";
import { placeInWords } from "../../../../src/features/knowledge/places.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatBytes } from "../../ui/format.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { Icon } from "../../ui/icons.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { useList } from "../../ui/useList.ts";
import { stateOf } from "./Chips.tsx";
import { Collections } from "./Collections.tsx";
import { addKnown } from "./files.ts";
import { Meaning } from "./Meaning.tsx";
import { read, readFile } from "./reading.ts";
import { upload } from "./upload.ts";
import { t } from "./words.ts";
import "./knowledge.css";

const LOOK_MS = 800;

export default function FilesPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const { reply, problem, load, change } = useList<FileList>("/api/files");
  const [sending, setSending] = useState<Sending | null>(null);
  const reading = reply?.files.some(({ state }) => state === "waiting" || state === "reading");
  // biome-ignore lint/correctness/useExhaustiveDependencies: each list that comes is looked at
  useEffect(() => {
    const timer = reading ? setTimeout(load, LOOK_MS) : undefined;
    return () => clearTimeout(timer);
  }, [reading, reply, load]);
  const bytes = (count: number) => formatBytes(count, language());
  const choose = () => {
    const input = Object.assign(document.createElement("input"), { type: "file", multiple: true });
    input.onchange = () =>
      void change(async () => {
        for (const file of input.files ?? []) {
          const { signal } = new AbortController();
          const tell = (sent: number) => setSending({ name: file.name, sent, size: file.size });
          tell(0);
          await upload(file, file.name, signal, tell, true).finally(() => setSending(null));
        }
      });
    input.click();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="lead">{t("files.lead")}</p>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {reply && reply.files.length > 0 && <Search onClose={onClose} />}
      <div className="files-head">
        <button type="button" className="secondary" onClick={choose} disabled={sending !== null}>
          <Icon name="plus" />
          {t("files.add")}
        </button>
        {reply && (
          <span className="hint">
            {t("files.used", { used: bytes(reply.used), most: bytes(reply.most) })}
          </span>
        )}
      </div>
      {sending && (
        <div role="status">
          <Progress value={sending.sent / Math.max(1, sending.size)} label={sending.name} />
          <p className="hint">
            {t("file.state.sending", { sent: bytes(sending.sent), total: bytes(sending.size) })}
          </p>
        </div>
      )}
      {reply?.files.length === 0 && <p className="hint files-empty">{t("files.empty")}</p>}
      <ul className="files">
        {reply?.files.map((file) => (
          <Row key={file.id} file={file} change={change} onClose={onClose} />
        ))}
      </ul>
      {reply && <Collections files={reply.files} reload={load} />}
      <Meaning />
    </Dialog>
  );
}

interface Sending {
  readonly name: string;
  readonly sent: number;
  readonly size: number;
}

interface RowProps {
  readonly file: KnownFile;
  change(work: () => Promise<unknown>): Promise<void>;
  onClose(): void;
}

function Row({ file, change, onClose }: RowProps) {
  const [sure, setSure] = useState(false);
  const { id, name, state, chats, kept, scanned, recognised, error } = file;
  const path = `/api/files/${id}`;
  const facts = [
    stateOf({ file, sent: file.bytes, size: file.bytes, problem: null }),
    recognised > 0 ? t("file.recognised", { n: recognised }) : "",
    scanned > 0 ? t("file.scanned", { n: scanned }) : "",
    t(chats === 0 ? "file.chats.none" : chats === 1 ? "file.chats.one" : "file.chats.many", {
      n: chats,
    }),
    file.collections > 0 ? t("file.collections", { n: file.collections }) : "",
  ];
  return (
    <li>
      <div className="file-what">
        <strong dir="auto">{name}</strong>
        <p className="hint">{facts.filter(Boolean).join(" · ")}</p>
        {state === "reading" && (
          <Progress value={file.total ? file.done / file.total : undefined} label={name} />
        )}
        {error && (
          <div className="problem">
            <ProblemText problem={error as unknown as Problem} />
          </div>
        )}
        <label className="hint">
          <input
            type="checkbox"
            checked={kept}
            onChange={() => void change(() => sendJson("PATCH", path, { kept: !kept }))}
          />{" "}
          {t("file.kept")}
        </label>
      </div>
      <div className="buttons">
        {sure ? (
          <>
            <button type="button" className="quiet" onClick={() => setSure(false)}>
              {t("cancel")}
            </button>
            <button
              type="button"
              className="primary danger"
              onClick={() => void change(() => sendJson("DELETE", path))}
            >
              {t("file.delete.sure")}
            </button>
          </>
        ) : (
          <>
            {state === "ready" && !desk.temporary && (
              <button
                type="button"
                className="secondary"
                onClick={() => {
                  addKnown(file);
                  onClose();
                }}
              >
                {t("file.use")}
                <span className="sr-only">: {name}</span>
              </button>
            )}
            {state === "failed" && (
              <IconButton
                icon="refresh"
                label={t("file.again")}
                onClick={() => void change(() => sendJson("POST", `${path}/read`))}
              />
            )}
            {state === "ready" && (
              <IconButton
                icon="search"
                label={t("file.open", { name })}
                onClick={() => void readFile(file)}
              />
            )}
            <a
              className="icon-button"
              href={`${path}/content`}
              download={name}
              aria-label={t("file.download", { name })}
              title={t("file.download", { name })}
            >
              <Icon name="download" />
            </a>
            <IconButton
              icon="trash"
              label={t("file.delete", { name })}
              onClick={() => setSure(true)}
            />
          </>
        )}
      </div>
    </li>
  );
}

function Search({ onClose }: { onClose(): void }) {
  const [found, setFound] = useState<SearchReply | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const query = String(new FormData(event.currentTarget).get("query") ?? "").trim();
    setProblem(null);
    if (query === "") return setFound(null);
    sendJson<SearchReply>("POST", "/api/files/search", { query, limit: 10 })
      .then(setFound)
      .catch((thrown) => setProblem(toProblem(thrown)));
  };
  return (
    <>
      <form className="files-search" onSubmit={search}>
        <input
          type="search"
          name="query"
          maxLength={1000}
          aria-label={t("files.search")}
          placeholder={t("files.search")}
        />
        <button type="submit" className="secondary">
          {t("files.search.do")}
        </button>
      </form>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {found && (
        <div role="status" className="files-found">
          <p className="hint">
            {found.found === 0 ? t("files.found.none") : t("files.found.some", { n: found.found })}
          </p>
          <ol>
            {found.passages.map((one, index) => (
              <li key={`${one.file} ${one.section} ${one.from}`}>
                <button
                  type="button"
                  onClick={() => {
                    onClose();
                    void read({ ...one, source: one.name, quote: one.text, n: index + 1 });
                  }}
                >
                  <strong dir="auto">
                    {[one.name, placeInWords(one.place, language())].filter(Boolean).join(", ")}
                  </strong>
                  <span dir="auto">{one.text.slice(0, 220)}</span>
                </button>
              </li>
            ))}
          </ol>
        </div>
      )}
    </>
  );
}
