/** Files of chats in the formats that people have, row by row. */
import { parse } from "csv-parse/sync";
import { dataUnreadable } from "../errors.ts";

export type Row = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws CharlaError `training_data_unreadable`, with the line where one is wrong */
export function rowsOf(name: string, text: string): readonly unknown[] {
  if (/\.(csv|tsv)$/i.test(name)) return tableOf(name, text);
  const content = text.replace(/^\ufeff/, "").trim();
  if (content === "") return [];
  const whole = parsed(content);
  if (Array.isArray(whole)) return whole;
  // An export of chats is one object with a list in it.
  if (isObject(whole)) {
    for (const key of ["conversations", "data", "items"]) {
      const list = whole[key];
      if (Array.isArray(list) && list.some((one) => isObject(one) && !("value" in one)))
        return list;
    }
    return [whole];
  }
  return content.split(/\r?\n/).flatMap((line, at) => {
    if (line.trim() === "") return [];
    const row = parsed(line);
    if (row === undefined) throw dataUnreadable(name, `line ${at + 1}`);
    return [row];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tableOf(name: string, text: string): readonly unknown[] {
  const options = { columns: true, bom: true, skip_empty_lines: true, trim: true };
  try {
    return parse(text, { ...options, delimiter: /\.tsv$/i.test(name) ? "\t" : [",", ";"] });
  } catch (thrown) {
    const { lines } = thrown as { lines?: number };
    throw dataUnreadable(name, lines === undefined ? "CSV" : `line ${lines}`, thrown);
  }
}

export { isObject };
