/** What this room says of saved prompts. */
import { words } from "../../ui/words.ts";

export const en = {
  "fill.write": "Put it into the message",
  "menu.found": "{n} saved prompts. Enter takes {name}.",
  "menu.label": "Saved prompts",
  "menu.none": "No saved prompts yet.",
  "menu.open": "Save one",
  "prompts.delete": "Delete {name}",
  "prompts.edit": "Edit {name}",
  "prompts.keep": "Save the prompt",
  "prompts.lead": "Texts that you ask again and again. Type / in an empty message to find them.",
  "prompts.name": "Name",
  "prompts.name.hint": "For example: letter",
  "prompts.text": "Text",
  "prompts.text.hint":
    "What is different each time stands in double braces, such as {{recipient}}: you are asked for it when you use the prompt.",
  "prompts.use": "Use",
};

export const es: typeof en = {
  "fill.write": "Ponerlo en el mensaje",
  "menu.found": "{n} prompts guardados. Intro toma {name}.",
  "menu.label": "Prompts guardados",
  "menu.none": "Aún no hay prompts guardados.",
  "menu.open": "Guardar uno",
  "prompts.delete": "Eliminar {name}",
  "prompts.edit": "Editar {name}",
  "prompts.keep": "Guardar el prompt",
  "prompts.lead":
    "Textos que preguntas una y otra vez. Escribe / en un mensaje vacío para encontrarlos.",
  "prompts.name": "Nombre",
  "prompts.name.hint": "Por ejemplo: carta",
  "prompts.text": "Texto",
  "prompts.text.hint":
    "Lo que cambia cada vez va entre llaves dobles, como {{destinatario}}: se te pide al usar el prompt.",
  "prompts.use": "Usar",
};

export const t = words(en, es);
