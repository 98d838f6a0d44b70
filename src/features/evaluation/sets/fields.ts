/** What rows of all kinds of tables mean: as a set has it, by the names that people give columns. */
import { wrongItem } from "./errors.ts";
import { type Item, item as schema, UNSTATED } from "./item.ts";
import type { Row } from "./rows.ts";

/** Names in English and Spanish; a number behind those of lists says that there are several. */
const NAMES = {
  id: ["id"],
  lang: ["lang", "language", "idioma"],
  kind: ["kind", "type", "tipo"],
  messages: ["messages", "mensajes"],
  question: ["question", "prompt", "pregunta"],
  references: ["references", "reference", "referencia", "referencias", "respuesta"],
  choices: ["choices", "choice", "options", "option", "opciones", "opcion", "opción"],
  answer: ["answer", "correct", "correcta", "solución", "solucion"],
  source: ["source", "fuente"],
  licence: ["licence", "license", "licencia"],
} as const;

export const hasQuestion = (columns: readonly string[]): boolean =>
  [...NAMES.question, ...NAMES.messages].some((name) => columns.includes(name));

export interface Defaults {
  /** Of questions that do not say theirs. */
  readonly lang: string;
}

/** @throws CharlaError `evaluation_set_item`, with the field that is wrong */
export function itemOf(file: string, row: Row, { lang }: Defaults): Item {
  const { fields } = row;
  const one = (names: readonly string[]) =>
    names.map((name) => fields[name]).find((value) => value !== undefined && value !== "");
  const text = (names: readonly string[]) => {
    const value = one(names);
    return value === undefined ? undefined : String(value);
  };
  const question = one(NAMES.question);
  const choices = list(fields, NAMES.choices);
  const answer = one(NAMES.answer);
  const right = choices.length > 0 ? placeOf(answer, choices) : undefined;
  const references = list(fields, NAMES.references);
  // A single right answer is often called so, where there are no choices.
  if (choices.length === 0 && answer !== undefined) references.push(...several(answer));
  const messages =
    unpacked(one(NAMES.messages)) ??
    (typeof question === "string" ? [{ role: "user", content: question }] : undefined);
  const wanted = choices.length > 0 ? "choice" : references.length > 0 ? "qa" : "chat";
  const { data, error } = schema.safeParse({
    id: text(NAMES.id) ?? String(row.line),
    lang: text(NAMES.lang) ?? lang,
    kind: text(NAMES.kind) ?? wanted,
    messages,
    references,
    ...(choices.length > 0 ? { choices, answer: right } : {}),
    source: text(NAMES.source) ?? UNSTATED,
    licence: text(NAMES.licence) ?? UNSTATED,
  });
  if (error) throw wrongItem(file, row.line, String(error.issues[0]?.path[0] ?? "question"));
  if (choices.length > 0 && right === undefined) throw wrongItem(file, row.line, "answer");
  if (data.messages.at(-1)?.role !== "user") throw wrongItem(file, row.line, "messages");
  if (data.kind === "qa" && references.length === 0) throw wrongItem(file, row.line, "references");
  if (data.kind === "choice" && choices.length === 0) throw wrongItem(file, row.line, "choices");
  return data;
}

/** Of a column, of its namesakes with a number behind, and of lists of JSON within. */
function list(fields: Row["fields"], names: readonly string[]): string[] {
  const own = Object.entries(fields).filter(([name]) =>
    names.includes(name.replace(/[ _]?\d+$/, "")),
  );
  return own.flatMap(([, value]) => several(value));
}

function several(value: unknown): string[] {
  const content = unpacked(value) ?? value;
  if (Array.isArray(content)) return content.map(String).filter((one) => one.trim() !== "");
  return content === undefined || content === null || content === "" ? [] : [String(content)];
}

/** A list that stands as JSON in a cell. */
function unpacked(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== "string" || !value.trimStart().startsWith("[")) return undefined;
  try {
    const content: unknown = JSON.parse(value);
    return Array.isArray(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** By its place from 0, its letter, or its text; a number that is a choice's text is that. */
function placeOf(answer: unknown, choices: readonly string[]): number | undefined {
  const text = String(answer ?? "").trim();
  const same = choices.findIndex((choice) => choice.trim() === text);
  if (same >= 0) return same;
  const at = /^[A-Za-z]$/.test(text)
    ? text.toUpperCase().charCodeAt(0) - 65
    : /^\d+$/.test(text)
      ? Number(text)
      : -1;
  return at >= 0 && at < choices.length ? at : undefined;
}
