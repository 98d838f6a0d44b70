/** What `charla anchor` says. */
import type { Anchor } from "./anchors.ts";

const en = {
  about: "put the state of the log on an Ethereum chain, where nobody can change it",
  setup: "download the packages that anchoring needs (49 MB)",
  remove: "remove those packages",
  deploy: "make a contract of your own, and print the lines for the policy",
  now: "anchor the log as it is, while no server runs (the page does it while one does)",
  status: "show where the log is anchored",
  chain: "number of the chain: 1 for Ethereum, 11155111 for Sepolia",
  maxGwei: "the most to pay for a unit of gas",
  json: "JSON for programs",
  size: "13 packages, 49 MB.",
  ready: "Ready. Next: charla anchor deploy --chain <number>",
  removed: "Removed.",
  deployed: "The contract is made. Put this into the policy:",
  nothing: "The newest anchor has everything.",
  none: "The log is anchored nowhere.",
  waiting: (entries: number) => `${entries} entries have come since.`,
  row: ({ size, chain, transaction, at, development }: Anchor) =>
    `${at}  ${size} entries  chain ${chain}  ${transaction}${
      development ? "  (a development chain: it proves nothing to others)" : ""
    }`,
};

const es: typeof en = {
  about: "deja el estado del registro en una cadena Ethereum, donde nadie puede cambiarlo",
  setup: "descarga los paquetes que necesita el anclaje (49 MB)",
  remove: "elimina esos paquetes",
  deploy: "crea un contrato propio y muestra las líneas para la política",
  now: "ancla el registro como está, sin servidor en marcha (con él, lo hace la página)",
  status: "muestra dónde está anclado el registro",
  chain: "número de la cadena: 1 es Ethereum, 11155111 es Sepolia",
  maxGwei: "lo máximo que se paga por unidad de gas",
  json: "JSON para programas",
  size: "13 paquetes, 49 MB.",
  ready: "Listo. Ahora: charla anchor deploy --chain <número>",
  removed: "Eliminados.",
  deployed: "El contrato está creado. Pon esto en la política:",
  nothing: "La última ancla ya lo tiene todo.",
  none: "El registro no está anclado en ninguna parte.",
  waiting: (entries) => `Desde entonces han llegado ${entries} entradas.`,
  row: ({ size, chain, transaction, at, development }) =>
    `${at}  ${size} entradas  cadena ${chain}  ${transaction}${
      development ? "  (una cadena de desarrollo: no prueba nada a otros)" : ""
    }`,
};

export const messages = { en, es };
