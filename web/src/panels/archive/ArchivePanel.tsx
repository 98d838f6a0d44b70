/** The archived chats: to look at one, to bring it back, to delete it. */
import { useEffect, useState } from "react";
import type { Listed } from "../../../../src/features/conversations/api.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { desk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatDay } from "../../ui/format.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { getJson, sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { t } from "./words.ts";

interface Page {
  readonly items: readonly Listed[];
  readonly nextCursor: string | null;
}

/** Chats at a time. */
const STEP = 50;

export default function ArchivePanel({ title, onClose }: PanelProps) {
  useLanguage();
  const [page, setPage] = useState<Page | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const attempt = (work: () => Promise<void>) => {
    setProblem(null);
    void work().catch((thrown) => setProblem(toProblem(thrown)));
  };
  async function read(before: Page | null) {
    const query = new URLSearchParams({ archived: "true", limit: String(STEP) });
    if (before?.nextCursor) query.set("cursor", before.nextCursor);
    const next = await getJson<Page>(`/api/conversations?${query}`);
    setPage({ ...next, items: [...(before?.items ?? []), ...next.items] });
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => attempt(() => read(null)), []);
  const without = (id: string) =>
    setPage((page) => page && { ...page, items: page.items.filter((one) => one.id !== id) });
  return (
    <Dialog title={title} onClose={onClose}>
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {page?.items.length === 0 && <p className="lead">{t("archive.empty")}</p>}
      <ul className="archive">
        {page?.items.map((chat) => (
          <Row
            key={chat.id}
            chat={chat}
            onOpen={() => {
              onClose();
              void desk.show(chat.id);
            }}
            onBack={async () => {
              if (await desk.archive([chat.id], false)) without(chat.id);
            }}
            onDelete={() =>
              attempt(async () => {
                const which = [chat.id];
                await sendJson("POST", "/api/conversations/several", { do: "delete", which });
                without(chat.id);
              })
            }
          />
        ))}
      </ul>
      {page?.nextCursor && (
        <button type="button" className="quiet" onClick={() => attempt(() => read(page))}>
          {t("list.loadMore")}
        </button>
      )}
    </Dialog>
  );
}

interface RowProps {
  readonly chat: Listed;
  onOpen(): void;
  onBack(): void;
  onDelete(): void;
}

function Row({ chat, onOpen, onBack, onDelete }: RowProps) {
  const title = chat.title || t("conversation.untitled");
  const [sure, setSure] = useState(false);
  return (
    <li>
      <button type="button" className="archive-open" onClick={onOpen}>
        <span dir="auto">{title}</span>
        <time dateTime={chat.updatedAt}>{formatDay(new Date(chat.updatedAt), language())}</time>
      </button>
      {sure ? (
        <>
          <button type="button" className="quiet" onClick={() => setSure(false)}>
            {t("cancel")}
          </button>
          <button type="button" className="primary danger" onClick={onDelete}>
            {t("conversation.delete")}
          </button>
        </>
      ) : (
        <>
          <button type="button" className="secondary" onClick={onBack}>
            {t("archive.back")}
            <span className="sr-only">: {title}</span>
          </button>
          <IconButton
            icon="trash"
            label={t("archive.delete", { title })}
            onClick={() => setSure(true)}
          />
        </>
      )}
    </li>
  );
}
