/** The list of `charla models`: what there is, whether it runs here, what it is good for, what to do next. */
import { fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";
import { sizeIn } from "../../terminal/amounts.ts";
import { table, wrap } from "../../terminal/text.ts";
import type { Adapter, Model, Models } from "./api.ts";
import { messages } from "./messages.ts";

/** Of the memory; the rest is for the system and a browser. */
const COMFORTABLE = 0.6;

/** @param columns of the terminal */
export function listOf(all: Models, language: Language, columns: number): string {
  const text = messages[language];
  const rows = all.models.map((model) => [
    model.id === all.current ? `${model.id} *` : model.id,
    stateOf(model, language),
    sizeIn(language, model.fileBytes),
    sizeIn(language, model.memoryBytes),
    text.fit[fitOf(model, all)],
    model.description[language],
  ]);
  const remarks = [text.current, ...nextSteps(all, language)];
  const lines = [
    ...table([text.columns, ...rows], columns),
    "",
    ...remarks.flatMap((remark) => wrap(remark, columns, "  ")),
    ...adapterTable(all.adapters, language, columns),
  ];
  return lines.join("\n");
}

/** How a model would run on this machine. */
function fitOf(model: Model, { machine, models, recommended }: Models) {
  const memory = machine.memoryBytes ?? Number.POSITIVE_INFINITY;
  if (model.id === recommended) return "best";
  if (model.memoryBytes > memory) return "large";
  if (model.memoryBytes > memory * COMFORTABLE) return "tight";
  // The catalogue goes from small to large, and the last that answers at reading speed is recommended.
  const at = (id: string | null) => models.findIndex((one) => one.id === id);
  return !model.own && recommended !== null && at(model.id) > at(recommended) ? "slow" : "well";
}

const isHere = ({ state }: Model) => state !== "absent" && state !== "partial";

function nextSteps({ models, current, recommended }: Models, language: Language): string[] {
  const text = messages[language];
  const best = models.find(({ id }) => id === recommended);
  if (!best || best.id === current) {
    const mine = models.find(({ id }) => id === current);
    return mine && !isHere(mine) ? [fill(text.fetch, { id: mine.id })] : [];
  }
  const size = sizeIn(language, best.fileBytes);
  return [fill(isHere(best) ? text.choose : text.recommended, { id: best.id, size })];
}

function adapterTable(adapters: readonly Adapter[], language: Language, columns: number): string[] {
  if (adapters.length === 0) return [];
  const { adapterColumns, broken, none } = messages[language];
  const rows = adapters.map(({ id, architecture, rank, alpha, models, digest, error }) => [
    id,
    architecture,
    String(rank),
    String(alpha),
    error ? broken : models.join(", ") || none,
    digest?.slice(0, 16) ?? "-",
  ]);
  return ["", ...table([adapterColumns, ...rows], columns)];
}

function stateOf({ state, received, fileBytes }: Model, language: Language): string {
  const percent = Math.floor((100 * received) / Math.max(1, fileBytes));
  return fill(messages[language][state], { percent });
}

/** What a server says that answers with the starter where a better model would run; else nothing. */
export function advice({ models, current, recommended }: Models, language: Language): string[] {
  const text = messages[language];
  const mine = models.find(({ id }) => id === current);
  const best = models.find(({ id }) => id === recommended);
  if (!mine?.starter || !best || best.starter) return [];
  const size = sizeIn(language, best.fileBytes);
  const next = fill(isHere(best) ? text.adviceChoose : text.adviceGet, {
    ...{ id: best.id, name: best.name, size },
  });
  return [fill(text.adviceStarter, { name: mine.name }), next];
}
