/** Says how far the model is that a question waits for, while it is loaded into memory. */
import { useEffect } from "react";
import { t } from "../../chat/language.ts";
import { Progress } from "../../ui/Progress.tsx";
import { store, watchLoading } from "./store.ts";

export const percentOf = (loading: number | null) => Math.floor(100 * (loading ?? 0));

/** @param id the model that is to answer; the current one when absent */
export function ModelLoading({ id }: { id: string | undefined }) {
  useEffect(() => {
    const watching = new AbortController();
    void watchLoading(watching.signal);
    return () => watching.abort();
  }, []);
  const model = store.use(({ models }) =>
    models?.models.find((one) => one.id === (id ?? models.current)),
  );
  if (model?.loading == null) return null;
  const text = t("models.loadingOf", { name: model.name, percent: percentOf(model.loading) });
  return (
    <div className="download" role="status">
      <p>{text}</p>
      <Progress value={model.loading} label={t("models.state.loading", { percent: "" })} />
    </div>
  );
}
