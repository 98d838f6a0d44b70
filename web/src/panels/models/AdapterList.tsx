/** The LoRA adapters that are there, and which models each fits; a chat chooses one in its settings. */
import { language } from "../../chat/language.ts";
import { formatBytes } from "../../ui/format.ts";
import { Fact } from "./Fact.tsx";
import { ModelError } from "./ModelCard.tsx";
import type { Adapter, Models } from "./store.ts";
import { t } from "./words.ts";

export function AdapterList({ models: { adapters, models } }: { models: Models }) {
  if (adapters.length === 0) return null;
  const names = new Map(models.map(({ id, name }) => [id, name]));
  return (
    <section aria-labelledby="adapters" className="adapters">
      <h3 id="adapters">{t("adapters.title")}</h3>
      <p className="lead">{t("adapters.lead")}</p>
      <ul className="models">
        {adapters.map((adapter) => (
          <AdapterCard
            key={adapter.id}
            adapter={adapter}
            fits={adapter.models.map((id) => names.get(id) ?? id).join(", ")}
          />
        ))}
      </ul>
    </section>
  );
}

function AdapterCard({ adapter, fits }: { adapter: Adapter; fits: string }) {
  const { name, digest, error, rank, alpha } = adapter;
  const lang = language();
  return (
    <li className="model">
      <div className="model-head">
        <h4>{name}</h4>
        {error && <span className="badge bad">{t("models.broken")}</span>}
      </div>
      <ModelError error={error} />
      <dl className="facts">
        <Fact name={t("adapters.size")} value={formatBytes(adapter.fileBytes, lang)} />
        <Fact name={t("adapters.base")} value={adapter.architecture} />
        <Fact name={t("adapters.rank")} value={`${rank} · ${alpha}`} />
        <Fact name={t("sha256")} value={digest ? `${digest.slice(0, 16)}…` : ""} />
        {!error && <Fact name={t("adapters.fits")} value={fits || t("adapters.none")} wide />}
      </dl>
    </li>
  );
}
