/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "settings.maxTokens": "Maximum length",
  "settings.maxTokens.hint": "In tokens; a token is about three quarters of a word.",
  "settings.sampling": "How answers are chosen",
  "settings.seed": "Seed",
  "settings.seed.hint": "Set a number and the same question gives the same answer again.",
  "settings.systemPrompt": "Instructions",
  "settings.systemPrompt.example": "You answer briefly and in plain words.",
  "settings.systemPrompt.hint": "What the model should keep in mind in this whole chat.",
  "settings.temperature": "Temperature",
  "settings.temperature.hint": "0 is the likeliest answer, 2 the wildest.",
  "settings.topP": "Top-p",
  "settings.topP.hint": "Only the likeliest words, up to this share.",
};

export const es: typeof en = {
  "settings.maxTokens": "Longitud máxima de la respuesta",
  "settings.maxTokens.hint": "En tokens; un token son unos tres cuartos de palabra.",
  "settings.sampling": "Cómo se eligen las respuestas",
  "settings.seed": "Semilla",
  "settings.seed.hint": "Pon un número y la misma pregunta da otra vez la misma respuesta.",
  "settings.systemPrompt": "Instrucciones",
  "settings.systemPrompt.example": "Respondes con brevedad y palabras sencillas.",
  "settings.systemPrompt.hint": "Lo que el modelo debe tener presente en todo el chat.",
  "settings.temperature": "Temperatura",
  "settings.temperature.hint": "0 es la respuesta más probable, 2 la más libre.",
  "settings.topP": "Top-p",
  "settings.topP.hint": "Solo las palabras más probables, hasta esta proporción.",
};

export const t = words(en, es);
