/** The empty page: who speaks here, what the model is good for, and a few ways to begin. */
import { type Key, t, useLanguage } from "../../chat/language.ts";
import { Icon } from "../../ui/icons.tsx";

interface Props {
  /** Name of the model that would answer, as far as it is known. */
  readonly model: string | null;
  /** Whether that is the small model that Charla brings along. */
  readonly starter: boolean;
  onPick(text: string): void;
  /** Null where there are no models to choose from. */
  readonly onModels: (() => void) | null;
}

const SAMPLES: readonly Key[] = ["sample.1", "sample.2", "sample.3", "sample.4"];

export function Welcome({ model, starter, onPick, onModels }: Props) {
  useLanguage();
  return (
    <div className="welcome-page">
      <h2 className="greeting">{t("welcome.greeting")}</h2>
      <p className="about-ai">
        {t("welcome.ai")} {t("welcome.mistakes")}
      </p>
      <ul className="samples" aria-label={t("welcome.samples")}>
        {SAMPLES.map((key) => (
          <li key={key}>
            <button type="button" onClick={() => onPick(t(key))}>
              {t(key)}
            </button>
          </li>
        ))}
      </ul>
      {starter && onModels && (
        <div className="starter">
          <p>
            <strong>{t("starter.title", { model: model ?? "" })}</strong> {t("starter.text")}
          </p>
          <button type="button" className="secondary" onClick={onModels}>
            <Icon name="model" />
            {t("starter.better")}
          </button>
        </div>
      )}
    </div>
  );
}
