/** Language and theme of this browser; what was chosen is taken up before the first rendering. */
import { type Language, setLanguage, useLanguage } from "../../chat/language.ts";
import { learnSpanish } from "../../chat/problem.ts";
import { browser } from "../../ui/storage.ts";
import { createStore } from "../../ui/store.ts";
import { t } from "./words.ts";
import "./preferences.css";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const LANGUAGE = "charla.language";
/** `public/theme.js` reads the same key before the first paint. */
const THEME = "charla.theme";

const spoken = browser.recall(LANGUAGE);
if (spoken === "es" || spoken === "en") setLanguage(spoken);
// What went wrong is said in English until its Spanish is here.
if (spoken === "es") void learnSpanish().catch(() => undefined);

async function chooseLanguage(language: Language): Promise<void> {
  browser.remember(LANGUAGE, language);
  if (language === "es") await learnSpanish().catch(() => undefined);
  setLanguage(language);
}

const stored = browser.recall(THEME);
const store = createStore<{ theme: Theme }>({
  theme: stored === "light" || stored === "dark" ? stored : "system",
});

function setTheme(theme: Theme): void {
  store.set({ theme });
  browser.remember(THEME, theme === "system" ? null : theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function Preferences() {
  const language = useLanguage();
  const theme = store.use((state) => state.theme);
  return (
    <div className="preferences">
      <label>
        <span>{t("language.label")}</span>
        <select
          value={language}
          onChange={({ target }) => void chooseLanguage(target.value as Language)}
        >
          <option value="es">Español</option>
          <option value="en">English</option>
        </select>
      </label>
      <label>
        <span>{t("theme.label")}</span>
        <select value={theme} onChange={({ target }) => setTheme(target.value as Theme)}>
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {t(`theme.${name}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
