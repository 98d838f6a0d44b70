/** What this room says. */
import { words } from "../../ui/words.ts";

export const en = {
  "instructions.active": "Use them in my chats",
  "instructions.example":
    "I am a nurse and live in Valencia. Answer briefly, in plain words, and say when you are not sure.",
  "instructions.lead":
    "What the model should know about you, and how it should answer. It is told at the beginning of each of your chats, before the chat's own instructions.",
  "instructions.limit":
    "Up to 10,000 characters; the longer they are, the less of a chat fits into the model's memory.",
  "instructions.saved": "Instructions saved.",
  "instructions.text": "Your instructions",
};

export const es: typeof en = {
  "instructions.active": "Usarlas en mis chats",
  "instructions.example":
    "Soy enfermera y vivo en Valencia. Responde con brevedad y palabras sencillas, y di cuándo no estás seguro.",
  "instructions.lead":
    "Lo que el modelo debe saber de ti y cómo quieres que responda. Se le dice al empezar cada uno de tus chats, antes de las instrucciones propias del chat.",
  "instructions.limit":
    "Hasta 10.000 caracteres; cuanto más largas, menos chat cabe en la memoria del modelo.",
  "instructions.saved": "Instrucciones guardadas.",
  "instructions.text": "Tus instrucciones",
};

export const t = words(en, es);
