/** The table of all in words, with what it hangs on and what is only cited. */
import { fill } from "../../../core/errors.ts";
import type { Language } from "../../../locales/index.ts";
import { messages } from "../messages.ts";
import type { Told } from "../told/format.ts";
import { measuredIn } from "../told/measure.ts";
import { columnsOf } from "./columns.ts";
import type { Table } from "./rows.ts";

/**
 * The table of the models, what others say, and what features measured of themselves; the first of the
 * notes is how to read it.
 */
export function tableTold(table: Table, language: Language): Told {
  const { table: text, measureLegend } = messages[language];
  const columns = columnsOf(table, language);
  const head = columns.map(({ title }) => title);
  const rows = table.rows.map((row) => columns.map((column) => column.cell(row)));
  const cited = table.cited.map((one) => [one.label, one.says, one.source]);
  // Where no model was measured, there is nothing to compare with others.
  const alone = table.measured.length > 0 && rows.length === 0;
  return {
    tables: [
      ...(alone
        ? []
        : [
            { head, rows },
            { head: text.citedColumns, rows: cited },
          ]),
      ...table.measured.map((one) => measuredIn(one, language)),
    ],
    notes: [
      alone ? measureLegend : fill(text.legend, { first: table.rows[0]?.label ?? "?" }),
      ...table.unlike.map(({ kind, things }) => {
        const names = things.map((thing) => text.things[thing]).join(", ");
        return fill(text.unlike, { kind: text[kind], things: names });
      }),
      ...table.runs.map(({ kind, source, digest, how, state, done, total }) => {
        const whole =
          state === "done" ? "" : ` **${fill(text.cut, { done, total: total ?? "?" })}**`;
        return `${text[kind]}: ${source}, SHA-256 \`${digest.slice(0, 16)}…\`; ${how}.${whole}`;
      }),
      ...(table.machine ? [fill(text.machine, { machine: table.machine })] : []),
    ],
  };
}
