/** The catalogue: what there is, what suits this machine, and what is here already. */
import { useEffect } from "react";
import { language, useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import type { PanelProps } from "../../room.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { formatBytes } from "../../ui/format.ts";
import { ProblemText } from "../../ui/ProblemText.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { AdapterList } from "./AdapterList.tsx";
import { AddModel, Uploading } from "./AddModel.tsx";
import { ModelCard } from "./ModelCard.tsx";
import { HERE, type Model, type Models, readLengths, store, watchModels } from "./store.ts";
import { t } from "./words.ts";

export default function ModelsPanel({ title, onClose }: PanelProps) {
  useLanguage();
  const administers = useDesk((desk) => desk.administers);
  const { models, problem } = store.use((state) => state);
  useEffect(() => {
    const watching = new AbortController();
    void watchModels(watching.signal);
    // Without them the panel says less.
    void readLengths().catch(() => {});
    return () => {
      watching.abort();
      // Another model may be in use now.
      desk.look();
    };
  }, []);
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="lead">{t("models.lead")}</p>
      {models && administers && <p className="machine">{machineText(models)}</p>}
      {problem && (
        <div role="alert" className="problem">
          <ProblemText problem={problem} />
        </div>
      )}
      <Uploading />
      {!models && !problem && <Progress value={undefined} label={t("models.loading")} />}
      <ul className="models">
        {sorted(models, administers).map((model) => (
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
      {models && <AddModel />}
    </Dialog>
  );
}

function machineText({ machine }: Models): string {
  const { cores, memoryBytes, freeDiskBytes, gpu } = machine;
  return t("models.machine", {
    cores,
    memory: formatBytes(memoryBytes ?? 0, language()),
    disk: formatBytes(freeDiskBytes ?? 0, language()),
    gpu: gpu ?? t("models.noGpu"),
  });
}

/** The recommended one, then the one in use, then what is on disk, then the rest by size. */
function sorted(models: Models | null, all: boolean): readonly Model[] {
  const rank = (model: Model) => {
    if (model.id === models?.recommended) return 0;
    if (model.id === models?.current) return 1;
    return model.state === "absent" ? 3 : 2;
  };
  // Who cannot download sees what there is.
  const shown = models?.models.filter(({ state }) => all || HERE.has(state)) ?? [];
  return shown.toSorted((a, b) => rank(a) - rank(b) || a.fileBytes - b.fileBytes);
}
