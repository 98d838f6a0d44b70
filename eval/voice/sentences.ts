/** Sentences to be spoken and heard: of everyday words, put together so that no two are the same. */
import { random, shuffle } from "../../src/core/statistics.ts";

const PARTS = {
  es: [
    ["Mi vecina", "El profesor", "La doctora", "Nuestro equipo", "Una amiga de Sevilla"],
    ["ha comprado", "necesita", "busca todavía", "quiere vender", "ha olvidado"],
    ["una mesa de madera", "las llaves del coche", "dos billetes de tren", "un abrigo verde"],
    ["para el lunes", "por la mañana", "antes de la reunión", "en la tienda de la esquina"],
  ],
  en: [
    ["My neighbour", "The teacher", "A young doctor", "Our whole team", "A friend from the north"],
    ["has bought", "still needs", "is looking for", "wants to sell", "has forgotten"],
    ["a wooden table", "the keys of the car", "two tickets for the train", "a green winter coat"],
    ["before Monday", "in the morning", "before the meeting starts", "in the shop on the corner"],
  ],
} as const;
export type Language = keyof typeof PARTS;

/** @param count at most 400 */
export function sentences(language: Language, count: number): readonly string[] {
  const all = PARTS[language].reduce<readonly string[]>(
    (before, part) => before.flatMap((one) => part.map((next) => `${one} ${next}`.trim())),
    [""],
  );
  return shuffle([...all], random(45))
    .slice(0, count)
    .map((one) => `${one}.`);
}
