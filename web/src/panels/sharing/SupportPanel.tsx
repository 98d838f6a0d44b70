/** For administrators: the chats that people let them read, and one of them open. */
import { useEffect, useState } from "react";
import { useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { when } from "./ShareDialog.tsx";
import { Transcript } from "./SharedPage.tsx";
import { type Conversation, type Grant, listGrants, readGranted } from "./store.ts";
import "./sharing.css";
import { t } from "./words.ts";

export default function SupportPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const [grants, setGrants] = useState<readonly Grant[] | null>(null);
  const [chat, setChat] = useState<Conversation | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    listGrants().then(
      (reply) => setGrants(reply.grants),
      (thrown) => setProblem(toProblem(thrown)),
    );
  }, []);
  const read = (id: string) =>
    readGranted(id).then(setChat, (thrown) => setProblem(toProblem(thrown)));
  return (
    <Dialog title={chat?.title || title} onClose={onClose}>
      <div className="sharing">
        {problem && (
          <div role="alert" className="problem">
            <ProblemText problem={problem} />
          </div>
        )}
        {chat ? (
          <Transcript messages={branchOf(chat)} />
        ) : (
          <>
            <p className="hint">{t("support.open.lead")}</p>
            {grants?.length === 0 && <p>{t("support.none")}</p>}
            <ul className="sharing-list" aria-label={title}>
              {grants?.map(({ id, reason, expiresAt }) => (
                <li key={id}>
                  <div>
                    <strong dir="auto">{reason}</strong>
                    <p className="hint">{t("share.until", { date: when(expiresAt) })}</p>
                  </div>
                  <button type="button" className="secondary" onClick={() => void read(id)}>
                    {t("support.read")}
                  </button>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Dialog>
  );
}

/** The branch that its owner looked at last. */
function branchOf({ messages, currentId }: Conversation) {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: Conversation["messages"] = [];
  for (let at = byId.get(currentId ?? ""); at; at = byId.get(at.parentId ?? "")) branch.unshift(at);
  return branch.map(({ role, content, createdAt, details }) => {
    const { edited } = details ?? {};
    const model = edited?.modelName ?? details?.modelName;
    const who = { ...(model && { model }), ...(edited && { edited: true as const }) };
    return { role, content, createdAt, ...who };
  });
}
