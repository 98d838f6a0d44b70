/** The calls of an answer that wait: each with all that it would do, to be allowed once or refused. */
import { useState } from "react";
import type { ChatMessage } from "../../../../src/features/conversations/api.ts";
import type {
  DecideReply,
  WaitingList,
  Waiting as Waits,
} from "../../../../src/features/tools/api.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { type Problem, toProblem } from "../../chat/problem.ts";
import { desk, useDesk } from "../../desk.ts";
import { Icon } from "../../ui/icons.tsx";
import { sendJson } from "../../ui/json.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Seen } from "../../ui/Seen.tsx";
import { useList } from "../../ui/useList.ts";
import { GoOn } from "./GoOn.tsx";
import { useTool } from "./names.ts";
import { t } from "./words.ts";
import "./tools.css";

const PATH = "/api/tools/waiting";

export default function Waiting({ message }: { readonly message: ChatMessage }) {
  useLanguage();
  const chat = useDesk((desk) => desk.chatId) ?? "";
  const { reply, problem, load } = useList<WaitingList>(
    `${PATH}?conversation=${encodeURIComponent(chat)}`,
  );
  if (problem) return <Wrong problem={problem} />;
  if (!reply) return null;
  const own = new Set(message.parts?.flatMap((part) => (part.type === "call" ? part.id : [])));
  const waits = reply.items.filter(({ call }) => own.has(call));
  if (waits.length === 0)
    return (
      <div className="note">
        <span>{t("card.expired")}</span>
        <GoOn message={message} />
      </div>
    );
  return waits.map((one) => (
    <Card
      key={one.id}
      waits={one}
      decided={async (left) => {
        if (left === 0) desk.goOn(message);
        else await load();
      }}
    />
  ));
}

interface Props {
  readonly waits: Waits;
  decided(left: number): Promise<void>;
}

function Card({ waits, decided }: Props) {
  const tool = useTool(waits.tool);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const name = tool?.label[language()] ?? waits.tool;
  const { sends, writes } = tool ?? {};
  // What somebody else may have asked for is not the way that is offered first.
  const foreign = waits.labels.includes("foreign");
  const decide = async (approve: boolean) => {
    setBusy(true);
    setProblem(null);
    try {
      const { left } = await sendJson<DecideReply>("POST", `${PATH}/${waits.id}`, { approve });
      await decided(left);
    } catch (thrown) {
      setProblem(toProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <section className="tool-card" aria-label={t("card.title", { name })}>
      <h3>
        <Icon name="shield" />
        {t("card.title", { name })}
      </h3>
      <p>
        {sends && `${t("card.sends", { what: sends[language()] })}. `}
        {writes && `${t("card.writes", { what: writes[language()] })}. `}
        {t("card.lead")}
      </p>
      {waits.labels.map((label) => (
        <p key={label} className="tool-warning">
          <Icon name="warn" />
          {t(`card.${label}`)}
        </p>
      ))}
      <Exactly json={waits.arguments} />
      {problem && <Wrong problem={problem} />}
      <div className="buttons">
        <button
          type="button"
          className={foreign ? "primary" : "secondary"}
          disabled={busy}
          onClick={() => void decide(false)}
        >
          {t("card.refuse")}
        </button>
        <button
          type="button"
          className={foreign ? "secondary" : "primary"}
          disabled={busy}
          onClick={() => void decide(true)}
        >
          {t("card.allow")}
        </button>
      </div>
      <p className="hint">{t("card.expires", { time: timeOf(waits.expiresAt) })}</p>
    </section>
  );
}

/** Every argument by its name, and each text as it is, with what cannot be seen made visible. */
function Exactly({ json }: { readonly json: string }) {
  const given = fieldsOf(json);
  if (given?.length === 0) return <p>{t("card.none")}</p>;
  return (
    <>
      <p>{t("card.with")}</p>
      {given ? (
        <dl className="tool-given">
          {given.map(([name, text]) => (
            <div key={name}>
              <dt>
                <Seen text={name} />
              </dt>
              <dd dir="auto">
                <Seen text={text} />
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <pre className="tool-given" dir="auto">
          <Seen text={json} />
        </pre>
      )}
    </>
  );
}

function fieldsOf(json: string): readonly (readonly [string, string])[] | undefined {
  try {
    const given: unknown = JSON.parse(json || "{}");
    if (typeof given !== "object" || given === null || Array.isArray(given)) return undefined;
    return Object.entries(given).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value, null, 2),
    ]);
  } catch {
    return undefined;
  }
}

const timeOf = (date: string) =>
  new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(date),
  );

const Wrong = ({ problem }: { readonly problem: Problem }) => (
  <div role="alert" className="problem">
    <ProblemText problem={problem} />
  </div>
);
