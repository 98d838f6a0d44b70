/** The steps of an anchor, in words. */
import type { Words } from "../../../core/words.ts";
import type { Step } from "./types.ts";

export const STEPS: Readonly<Record<Step, Words>> = {
  sent: { en: "Sent to the chain.", es: "Enviada a la cadena." },
  replaced: {
    en: "Waited too long: sent again at a higher price.",
    es: "Ha esperado demasiado: enviada otra vez a mayor precio.",
  },
  included: {
    en: "In a block; waiting until the chain calls it final.",
    es: "En un bloque; a la espera de que la cadena lo dé por definitivo.",
  },
  lost: {
    en: "The chain was reorganised without it: it is sent again.",
    es: "La cadena se ha reorganizado sin ella: se envía otra vez.",
  },
  final: { en: "Final.", es: "Definitiva." },
};
