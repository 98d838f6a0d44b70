/** Says why nothing can be answered just now, with progress where there is some. */
import { useLanguage } from "../../chat/language.ts";
import { explain } from "../../chat/problem.ts";
import { desk, useDesk } from "../../desk.ts";
import { Icon } from "../../ui/icons.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { type Key, t } from "./words.ts";
import "./status.css";

export function StatusBanner() {
  useLanguage();
  const status = useDesk(({ server }) => server);
  // Where there is something to choose from.
  const models = useDesk((desk) => desk.offers("models"));
  if (!status || (status.reachable && status.state === "ready")) return null;
  const { state, reachable, progress, error, name } = status;
  const key: Key = reachable ? `status.${state}` : "status.offline";
  const hint = !reachable ? t("status.offline.hint") : models && t("status.unready.hint");
  const busy = reachable && (state === "downloading" || state === "loading");
  return (
    <div className={busy ? "banner" : "banner warn"} role={busy ? "status" : "alert"}>
      {!busy && <Icon name="warn" />}
      <div className="banner-text">
        <p>
          <strong>{t(key, { model: name ?? t("status.theModel") })}</strong> {!busy && hint}
        </p>
        {reachable && state === "failed" && error && (
          <p className="hint">{explain(error).join(" ")}</p>
        )}
        {busy && <Progress value={progress ?? undefined} label={t(key, { model: name ?? "" })} />}
      </div>
      {reachable && models && (
        <button type="button" className="secondary" onClick={() => desk.open("models")}>
          {t("status.models")}
        </button>
      )}
    </div>
  );
}
