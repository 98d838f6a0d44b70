/** What is left of the tokens that may be written for this person in a month. */
import { useEffect, useState } from "react";
import type { Limits } from "../../../../src/features/limits/api.ts";
import { useLanguage } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import { formatNumber } from "../../ui/format.ts";
import { getJson } from "../../ui/json.ts";
import { t } from "./words.ts";
import "./limits.css";

export function Budget() {
  const person = useDesk((desk) => desk.person);
  return person && <Left />;
}

function Left() {
  const language = useLanguage();
  /** Looked at again when an answer has ended, or was refused: a title may have taken what was left. */
  const after = useDesk(({ finished, problem }) => problem ?? finished);
  const [budget, setBudget] = useState<Limits["budget"]>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: that something ended is why, and nothing more
  useEffect(() => {
    const leaving = new AbortController();
    getJson<Limits>("/api/limits", leaving.signal)
      .then((limits) => setBudget(limits.budget))
      // It is beside the point of the page: what cannot be told is left out.
      .catch(() => leaving.signal.aborted || setBudget(null));
    return () => leaving.abort();
  }, [after]);
  if (!budget) return null;
  const { remaining, limit, resets } = budget;
  const left = formatNumber(remaining, language);
  const day = { day: "numeric", month: "long", timeZone: "UTC" } as const;
  const date = new Intl.DateTimeFormat(language, day).format(new Date(resets));
  return (
    <p className="hint budget">
      <meter
        min={0}
        max={limit}
        low={limit / 10}
        value={remaining}
        aria-label={t("limits.left", { left, limit: formatNumber(limit, language) })}
      />
      {t("limits.left", { left, limit: formatNumber(limit, language) })}{" "}
      {t("limits.resets", { date })}
    </p>
  );
}
