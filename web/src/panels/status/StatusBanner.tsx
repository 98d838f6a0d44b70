/** Says why nothing can be answered just now, with progress where there is some. */
import { type Key, t, useLanguage } from "../../chat/language.ts";
import { explain } from "../../chat/problem.ts";
import { Icon } from "../../ui/icons.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { store } from "./store.ts";

/** @param onModels null where there are no models to choose from */
export function StatusBanner({ onModels }: { onModels: (() => void) | null }) {
  useLanguage();
  const status = store.use((state) => state.status);
  if (!status || (status.reachable && status.state === "ready")) return null;
  const { state, reachable, progress, error, model } = status;
  const key: Key = reachable ? `status.${state}` : "status.offline";
  const hint = !reachable ? t("status.offline.hint") : onModels && t("status.unready.hint");
  const busy = reachable && (state === "downloading" || state === "loading");
  return (
    <div className={busy ? "banner" : "banner warn"} role={busy ? "status" : "alert"}>
      {!busy && <Icon name="warn" />}
      <div className="banner-text">
        <p>
          <strong>{t(key, { model: model ?? t("status.theModel") })}</strong> {!busy && hint}
        </p>
        {reachable && state === "failed" && error && (
          <p className="hint">{explain(error).join(" ")}</p>
        )}
        {busy && <Progress value={progress ?? undefined} label={t(key, { model: model ?? "" })} />}
      </div>
      {reachable && onModels && (
        <button type="button" className="secondary" onClick={onModels}>
          {t("models.open")}
        </button>
      )}
    </div>
  );
}
