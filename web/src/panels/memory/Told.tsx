/** In the details of an answer: the facts that its model was told, as they are by now. */
import type { Memory } from "../../../../src/features/memory/api.ts";
import { language, useLanguage } from "../../chat/language.ts";
import { formatNumber } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { formatDay } from "../../ui/Section.tsx";
import { useList } from "../../ui/useList.ts";
import { PATH } from "./store.ts";
import { t } from "./words.ts";

export default function Told({ ids }: { readonly ids: readonly string[] }) {
  useLanguage();
  const { reply, problem } = useList<Memory>(PATH);
  if (problem) return <ProblemText problem={problem} />;
  if (!reply) return null;
  const there = reply.items.filter(({ id }) => ids.includes(id));
  const gone = ids.length - there.length;
  return (
    <ul className="told-facts">
      {there.map(({ id, text, addedAt, changedAt }) => (
        <li key={id}>
          <span dir="auto">{text}</span>
          {changedAt !== addedAt && ` (${t("memory.changed", { day: formatDay(changedAt) })})`}
        </li>
      ))}
      {gone > 0 && <li>{t("memory.deleted", { n: formatNumber(gone, language()) })}</li>}
    </ul>
  );
}
