/**
 * What the guard measures of itself, on its own cases and without a model: the same figures as
 * `npm run eval:guard`, which adds classifiers, costs and the starter model.
 */
import { casesOf, inAll, type Measuring } from "../../../core/measure.ts";
import { shareOf } from "../../../core/statistics.ts";
import type { Words } from "../../../core/words.ts";
import { type Case, isAttack, readCases } from "./cases.ts";
import { sides, TOOL_POLICIES, tryAll, tryTools, usefulness } from "./held.ts";
import { WAYS } from "./invariants.ts";
import { evasions, suspicious } from "./score.ts";

const WITHOUT: Words = { en: "Without the guard", es: "Sin la protección" };
const GUARDED: Words = { en: "With it", es: "Con ella" };

const FAMILIES: Readonly<Record<string, Words>> = {
  email: { en: "in an e-mail", es: "en un correo" },
  encoded: { en: "encoded", es: "codificado" },
  exfiltration: { en: "by a link", es: "por un enlace" },
  hidden: { en: "hidden characters", es: "caracteres ocultos" },
  leak: { en: "asks for the prompt", es: "pide el prompt" },
  override: { en: "drop your rules", es: "olvida tus reglas" },
  persona: { en: "play somebody", es: "haz de otro" },
  structure: { en: "false structure", es: "estructura falsa" },
  "table-code": { en: "in a table or code", es: "en una tabla o código" },
  tool: { en: "in what a tool says", es: "en lo que dice una herramienta" },
  web: { en: "in a web page", es: "en una página web" },
};
const LANGUAGES = {
  en: { en: "English", es: "inglés" },
  es: { en: "Spanish", es: "español" },
} as const;

const cases = readCases();
const benign = (one: Case) => !isAttack(one);
const heldOut = cases.filter((one) => one.heldOut);

export const measuring: Measuring = {
  seed: 0,
  cases: () => casesOf(cases, ["en", "es"]),
  parts: [
    async (_seed, signal) => {
      const all = await tryAll(cases, signal);
      return {
        title: {
          en: "Leaks though the model obeys the attacker, by how it writes",
          es: "Fugas aunque el modelo obedezca al atacante, según cómo escribe",
        },
        columns: [WITHOUT, GUARDED],
        rows: WAYS.map(({ name }, at) => {
          const { without, guarded } = sides(all.filter(({ way }) => way === at));
          return { label: name, shares: [without, guarded] };
        }),
      };
    },
    async () => {
      const rows = [];
      for (const { name, policy } of TOOL_POLICIES) {
        const { called, key } = await tryTools(cases, policy);
        rows.push({ label: name, shares: [called, key] });
      }
      return {
        title: {
          en: "Orders to use a tool, in texts from outside",
          es: "Instrucciones de usar una herramienta, en textos de fuera",
        },
        columns: [
          { en: "It was called", es: "Se usó" },
          { en: "With the key in it", es: "Con la clave dentro" },
        ],
        rows,
      };
    },
    async () => ({
      title: {
        en: "The score, on attacks that its rules have not seen",
        es: "La puntuación, con ataques que sus reglas no han visto",
      },
      columns: [
        { en: "Attacks found", es: "Ataques encontrados" },
        { en: "Harmless taken for one", es: "Inofensivos tomados por ataque" },
      ],
      rows: [
        ...Object.entries(LANGUAGES).map(([language, label]) => {
          const own = heldOut.filter((one) => one.language === language);
          const [attacks, rest] = [own.filter(isAttack), own.filter(benign)];
          return { label, shares: [shareOf(attacks, suspicious), shareOf(rest, suspicious)] };
        }),
        ...Object.entries(FAMILIES).map(([family, label]) => {
          const own = heldOut.filter((one) => one.family === family && isAttack(one));
          return { label, shares: [shareOf(own, suspicious)] };
        }),
      ],
    }),
    async (seed, signal) => ({
      title: {
        en: "Found attacks that small changes get past the score",
        es: "Ataques encontrados que pasan con pequeños cambios",
      },
      columns: [{ en: "Got through", es: "Pasan" }],
      rows: (await evasions(cases, seed, signal)).map(({ recipe, language, evaded }) => ({
        label: inAll(`${recipe}, ${language}`),
        shares: [evaded],
      })),
    }),
    async () => {
      const { answers, messages } = usefulness(cases);
      return {
        title: { en: "Harmless texts", es: "Textos inofensivos" },
        columns: [{ en: "Unchanged", es: "Sin cambios" }],
        rows: [
          { label: { en: "as an answer", es: "como respuesta" }, shares: [answers] },
          { label: { en: "as a message", es: "como mensaje" }, shares: [messages] },
        ],
      };
    },
  ],
  notes: [
    {
      en: "The last three ways of writing cannot be undone by comparing characters: they leak, and any translation would. The filter is a net, not a wall.",
      es: "Las tres últimas formas de escribir no se pueden deshacer comparando caracteres: hay fuga, como la habría con una traducción. El filtro es una red, no un muro.",
    },
    {
      en: "The score is advice and blocks nothing. Cases and rules are by one author, so the figures flatter the rules.",
      es: "La puntuación orienta y no bloquea nada. Los casos y las reglas son de un mismo autor, así que las cifras favorecen a las reglas.",
    },
  ],
};
