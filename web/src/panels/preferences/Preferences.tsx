/** Language and theme of this browser. */
import { type Language, setLanguage, t, useLanguage } from "../../chat/language.ts";
import { createStore } from "../../ui/store.ts";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

/** `public/theme.js` reads the same key before the first paint. */
const KEY = "charla.theme";

const stored = localStorage.getItem(KEY);
const store = createStore<{ theme: Theme }>({
  theme: stored === "light" || stored === "dark" ? stored : "system",
});

function setTheme(theme: Theme): void {
  store.set({ theme });
  if (theme === "system") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEY, theme);
    document.documentElement.dataset.theme = theme;
  }
}

export function Preferences() {
  const language = useLanguage();
  const theme = store.use((state) => state.theme);
  return (
    <div className="preferences">
      <label>
        <span>{t("language.label")}</span>
        <select value={language} onChange={({ target }) => setLanguage(target.value as Language)}>
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
