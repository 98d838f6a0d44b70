/** Says how far the model is that a question waits for, while it is loaded into memory. */
import { useEffect } from "react";
import { useLanguage } from "../../chat/language.ts";
import { useDesk } from "../../desk.ts";
import { Progress } from "../../ui/Progress.tsx";
import { percentOf, store, watchLoading } from "./store.ts";
import { t } from "./words.ts";

export function ModelLoading() {
  // Otherwise the banner says how far it is.
  const ready = useDesk(({ server }) => server?.state === "ready");
  return ready && <Loading />;
}

function Loading() {
  useLanguage();
  /** The current one when absent. */
  const id = useDesk(({ settings }) => settings.model);
  useEffect(() => {
    const watching = new AbortController();
    void watchLoading(watching.signal);
    return () => watching.abort();
  }, []);
  const model = store.use(({ models }) =>
    models?.models.find((one) => one.id === (id ?? models.current)),
  );
  if (model?.loading == null) return null;
  const text = t("models.loadingOf", { name: model.name, percent: percentOf(model) });
  return (
    <div className="download" role="status">
      <p>{text}</p>
      <Progress value={model.loading} label={t("models.state.loading", { percent: "" })} />
    </div>
  );
}
