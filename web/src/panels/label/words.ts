/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "copy.edited": "Edited by a person, from an answer of an AI: {model}, {date}.",
  "copy.label": "Written by AI: {model}, {date}.",
};

export const es: typeof en = {
  "copy.edited": "Editado por una persona a partir de la respuesta de una IA: {model}, {date}.",
  "copy.label": "Escrito por una IA: {model}, {date}.",
};

export const t = words(en, es);
