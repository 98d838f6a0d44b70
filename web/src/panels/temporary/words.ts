/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "temporary.title": "Temporary chat",
  "temporary.note":
    "Temporary chat: nothing is stored. It is gone when you reload the page or open another chat.",
};

export const es: typeof en = {
  "temporary.title": "Chat temporal",
  "temporary.note":
    "Chat temporal: no se guarda nada. Desaparece al recargar la página o al abrir otro chat.",
};

export const t = words(en, es);
