/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "language.label": "Language",
  "theme.dark": "Dark",
  "theme.label": "Theme",
  "theme.light": "Light",
  "theme.system": "System",
};

export const es: typeof en = {
  "language.label": "Idioma",
  "theme.dark": "Oscuro",
  "theme.label": "Tema",
  "theme.light": "Claro",
  "theme.system": "Sistema",
};

export const t = words(en, es);
