/** A few ways to begin, under the composer of an empty page. */
import { useLanguage } from "../../chat/language.ts";
import { desk, useDesk } from "../../desk.ts";
import { type Key, t } from "./words.ts";

const SAMPLES: readonly Key[] = ["sample.1", "sample.2", "sample.3", "sample.4"];

export function Samples() {
  useLanguage();
  // An assistant has its own.
  if (useDesk(({ settings }) => settings.assistant !== undefined)) return null;
  return (
    <ul className="samples" aria-label={t("welcome.samples")}>
      {SAMPLES.map((key) => (
        <li key={key}>
          <button type="button" onClick={() => desk.write(t(key))}>
            {t(key)}
          </button>
        </li>
      ))}
    </ul>
  );
}
