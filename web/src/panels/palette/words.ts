/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "palette.actions": "Actions",
  "palette.chat": "This chat",
  "palette.chats": "Chats",
  "palette.count": "{n} results",
  "palette.countOne": "1 result",
  "palette.hint": "Search chats, actions, models and settings",
  "palette.models": "Models",
  "palette.none": "No results.",
  "palette.settings": "Settings",
};

export const es: typeof en = {
  "palette.actions": "Acciones",
  "palette.chat": "Este chat",
  "palette.chats": "Chats",
  "palette.count": "{n} resultados",
  "palette.countOne": "1 resultado",
  "palette.hint": "Busca chats, acciones, modelos y ajustes",
  "palette.models": "Modelos",
  "palette.none": "Sin resultados.",
  "palette.settings": "Ajustes",
};

export const t = words(en, es);
