/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "prompts.lead": "Texts that you ask again and again. Choose one, and it stands in the composer.",
  "prompts.text": "New prompt",
  "prompts.keep": "Save",
  "prompts.use": "Use",
  "prompts.delete": "Delete",
};

export const es: typeof en = {
  "prompts.lead": "Textos que preguntas una y otra vez. Elige uno y lo tendrás listo para enviar.",
  "prompts.text": "Prompt nuevo",
  "prompts.keep": "Guardar",
  "prompts.use": "Usar",
  "prompts.delete": "Eliminar",
};

export const t = words(en, es);
