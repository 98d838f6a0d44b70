/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "archive.back": "Unarchive",
  "archive.delete": "Delete “{title}”",
  "archive.empty": "Nothing here. Archive a chat from its menu to keep it out of the list.",
  "archive.note": "This chat is archived. It comes back to the list with your next question.",
};

export const es: typeof en = {
  "archive.back": "Desarchivar",
  "archive.delete": "Eliminar «{title}»",
  "archive.empty": "Aquí no hay nada. Archiva un chat desde su menú para quitarlo de la lista.",
  "archive.note": "Este chat está archivado. Volverá a la lista con tu próxima pregunta.",
};

export const t = words(en, es);
