/** Says quietly, beside the title, that something is under way. */
import { useEffect } from "react";
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { isActive, store, watchBadge } from "./store.ts";
import { t } from "./words.ts";
import "./jobs.css";

export function Badge() {
  useLanguage();
  const there = useDesk(({ has }) => has("jobs"));
  const running = store.use(({ items }) => items?.filter(isActive).length ?? 0);
  useEffect(() => {
    if (!there) return;
    const watching = new AbortController();
    void watchBadge(watching.signal);
    return () => watching.abort();
  }, [there]);
  if (running === 0) return null;
  return (
    <button type="button" className="foot-button job-badge" onClick={() => desk.open("jobs")}>
      {t("jobs.running", { n: running })}
    </button>
  );
}
