/** Under an answer: how much of the chat no longer fitted, and what of it the model was told again. */
import type { Recall } from "../../../../src/features/recall/api.ts";
import { language, t as shared, useLanguage } from "../../chat/language.ts";
import { desk } from "../../desk.ts";
import type { Slots } from "../../room.ts";
import { formatNumber } from "../../ui/format.ts";
import { Seen } from "../../ui/Seen.tsx";
import { t } from "./words.ts";
import "./recall.css";

export default function Recalled({ message }: Slots["Notice"]) {
  useLanguage();
  const { parts = [], status } = message;
  const recall = parts.find(({ type }) => type === "recall") as unknown as Recall | undefined;
  if (!recall || status === "running") return null;
  const { left, passages } = recall;
  const summaries = parts.filter((part) => part.type === "summary");
  const answers = summaries.reduce((sum, { of }) => sum + of, 0);
  const said = { left: formatNumber(left, language()), n: passages.length };
  if (passages.length === 0 && answers === 0)
    return <p className="note">{t("recall.nothing", said)}</p>;
  const kind = passages.length === 0 ? "none" : passages.length === 1 ? "one" : "many";
  return (
    <details className="recalled">
      <summary>
        {t(`recall.${kind}`, said)}
        {answers > 0 && ` · ${t("recall.summaries", { n: formatNumber(answers, language()) })}`}
      </summary>
      <p className="hint">{t("recall.explained")}</p>
      {summaries.map(({ text }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stay as they are
        <blockquote key={at} dir="auto">
          <Seen text={text} />
        </blockquote>
      ))}
      <ul>
        {passages.map((passage, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they stay as they are
          <li key={at}>
            {passage.said.map(({ role, text }, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they stay as they are
              <p key={place} dir="auto">
                <strong>{shared(`role.${role}`)}: </strong>
                <Seen text={text} />
              </p>
            ))}
            {passage.message !== "" && (
              <button type="button" className="secondary" onClick={() => goTo(passage.message)}>
                {t("recall.go")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

const goTo = (id: string) => void desk.show(desk.chatId, { id, query: "" });
