/** The catalogue: what there is, what suits this machine, and what is here already. */
import { useEffect } from "react";
import { language, t, useLanguage } from "../../chat/language.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatBytes } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { AdapterList } from "./AdapterList.tsx";
import { ModelCard } from "./ModelCard.tsx";
import { type Model, type Models, store, watchModels } from "./store.ts";

export function ModelsPanel({ onClose }: { onClose(): void }) {
  useLanguage();
  const { models, problem } = store.use((state) => state);
  useEffect(() => {
    const watching = new AbortController();
    void watchModels(watching.signal);
    return () => watching.abort();
  }, []);
  return (
    <Dialog title={t("models.title")} onClose={onClose}>
      <p className="lead">{t("models.lead")}</p>
      {models && <p className="machine">{machineText(models)}</p>}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      {!models && !problem && <Progress value={undefined} label={t("models.loading")} />}
      <ul className="models">
        {sorted(models).map((model) => (
          <ModelCard
            key={model.id}
            model={model}
            current={models?.current === model.id}
            recommended={models?.recommended === model.id}
            memoryBytes={models?.machine.memoryBytes ?? 0}
          />
        ))}
      </ul>
      {models && <AdapterList models={models} />}
    </Dialog>
  );
}

function machineText({ machine }: Models): string {
  const { cores, memoryBytes, freeDiskBytes, gpu } = machine;
  return t("models.machine", {
    cores,
    memory: formatBytes(memoryBytes, language()),
    disk: formatBytes(freeDiskBytes, language()),
    gpu: gpu ?? t("models.noGpu"),
  });
}

/** The one in use, then the recommended one, then what is on disk, then the rest by size. */
function sorted(models: Models | null): readonly Model[] {
  const rank = (model: Model) => {
    if (model.id === models?.current) return 0;
    if (model.id === models?.recommended) return 1;
    return model.state === "absent" ? 3 : 2;
  };
  return (models?.models ?? []).toSorted((a, b) => rank(a) - rank(b) || a.fileBytes - b.fileBytes);
}
