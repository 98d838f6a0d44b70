/** What this room says. */
import { type KeyOf, words } from "../../ui/words.ts";

export const en = {
  "sample.1": "Explain recursion with an everyday example",
  "sample.2": "Write a short poem about the sea in autumn",
  "sample.3": "Give me three ideas for a dinner with chickpeas",
  "sample.4": "Write a Python function that reverses a list",
  "welcome.greeting": "What shall we talk about?",
  "welcome.mistakes": "It can be wrong, so check what matters.",
  "welcome.samples": "Ideas to start with",
};

export const es: typeof en = {
  "sample.1": "Explícame la recursión con un ejemplo cotidiano",
  "sample.2": "Escribe un poema breve sobre el mar en otoño",
  "sample.3": "Dame tres ideas para una cena con garbanzos",
  "sample.4": "Escribe una función de Python que invierta una lista",
  "welcome.greeting": "¿De qué hablamos?",
  "welcome.mistakes": "Puede equivocarse: comprueba lo importante.",
  "welcome.samples": "Ideas para empezar",
};

export const t = words(en, es);
export type Key = KeyOf<typeof en>;
