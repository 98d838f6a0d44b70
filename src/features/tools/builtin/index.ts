/** The tools that Charla brings along, in the order in which people see them. */
import * as z from "zod";
import { type Tool, tool, toolText } from "../../../core/toolbox.ts";
import type { ToolsPolicy } from "../policy.ts";
import type { Reach } from "../reach.ts";
import { calculate, written } from "./calculator.ts";
import { tellTime } from "./clock.ts";
import { LIMIT_MS, runJavaScript } from "./javascript.ts";

const calculator = tool({
  name: "calculate",
  label: { en: "Calculator", es: "Calculadora" },
  about: {
    en: "Works sums out exactly, instead of guessing them.",
    es: "Hace las cuentas con exactitud, en vez de adivinarlas.",
  },
  description:
    "Calculates an arithmetic expression: + - * / % ^ ! brackets, sqrt, abs, exp, ln, log10, sin, cos, " +
    "tan, round(x, places), floor, ceil, min, max, mean, sum, pi, e. Use it for every sum.",
  input: z.strictObject({ expression: toolText(2000).describe("such as (12.5 + 3) * 1.21") }),
  reads: [],
  limitMs: 2000,
  run: async ({ expression }) => written(calculate(expression)),
});

const clock = tool({
  name: "current_time",
  label: { en: "Date and time", es: "Fecha y hora" },
  about: {
    en: "Tells the model what day and time it is, here or elsewhere.",
    es: "Le dice al modelo qué día y qué hora es, aquí o en otro lugar.",
  },
  description: "Tells the current date and time, in a time zone.",
  input: z.strictObject({
    zone: toolText(100)
      .optional()
      .describe("IANA name such as Europe/Madrid; the server's if absent"),
  }),
  reads: [],
  limitMs: 2000,
  run: async ({ zone }) => tellTime(new Date(), zone),
});

const javascript = tool({
  name: "run_javascript",
  label: { en: "JavaScript", es: "JavaScript" },
  about: {
    en: "Runs small programs in a sealed box: no network, no files, a few seconds.",
    es: "Ejecuta programas pequeños en una caja cerrada: sin red, sin archivos, unos segundos.",
  },
  description:
    "Runs a JavaScript program in a sandbox without network, files or imports, and answers what it " +
    "prints with console.log and the value of its last expression.",
  input: z.strictObject({ code: toolText(50_000) }),
  reads: [],
  limitMs: 3 * LIMIT_MS,
  run: ({ code }, { signal }) => runJavaScript(code, signal),
});

const page = (reach: () => Promise<Reach>, most: number) =>
  tool({
    name: "read_page",
    label: { en: "Read a page of the web", es: "Leer una página web" },
    about: {
      en: "Opens one address and reads its text. What stands there counts as foreign.",
      es: "Abre una dirección y lee su texto. Lo que diga cuenta como ajeno.",
    },
    description: "Opens a page of the web by its address and gives its readable text.",
    input: z.strictObject({ address: toolText(2000).describe("begins with https:// or http://") }),
    reads: ["foreign"],
    sends: { en: "the address, to its web server", es: "la dirección, a su servidor web" },
    chosenIn: (given, words) => isWritten((given as { address: string }).address, words),
    limitMs: 30_000,
    async run({ address }, { signal }) {
      const { readPage } = await import("./page.ts");
      return readPage(await reach(), address, most, signal);
    },
  });

/** Whether somebody has written this very address: what is longer or shorter is another one. */
function isWritten(address: string, words: readonly string[]): boolean {
  const all = words.flatMap((text) => text.match(/https?:\/\/[^\s<>"'`]+/gi) ?? []);
  return all.some((one) => one === address || one.replace(/[.,;:!?)\]}]+$/, "") === address);
}

export const builtIn = (policy: ToolsPolicy, reach: () => Promise<Reach>): readonly Tool[] => [
  calculator,
  clock,
  javascript,
  ...(policy.web ? [page(reach, policy.result_characters)] : []),
];
