/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "presets.delete": "Delete",
  "presets.example": "For example: Proofreader",
  "presets.keep": "Save the settings of this chat",
  "presets.lead":
    "Instructions, model and the other settings of a chat under a name, to begin new chats with.",
  "presets.name": "Name",
  "presets.nothing":
    "This chat has no settings of its own yet: change some first, then save them here.",
  "presets.use": "New chat with these",
};

export const es: typeof en = {
  "presets.delete": "Eliminar",
  "presets.example": "Por ejemplo: Correctora",
  "presets.keep": "Guardar los ajustes de este chat",
  "presets.lead":
    "Instrucciones, modelo y demás ajustes de un chat con un nombre, para empezar chats nuevos con ellos.",
  "presets.name": "Nombre",
  "presets.nothing":
    "Este chat aún no tiene ajustes propios: cambia alguno y luego guárdalos aquí.",
  "presets.use": "Nuevo chat con estos",
};

export const t = words(en, es);
