/** The file on a run as Markdown, in the reader's language. */
import { fill } from "../../core/errors.ts";
import type { Language } from "../../locales/index.ts";
import { messages } from "./messages.ts";
import type { Account } from "./report.ts";
import { reportWords } from "./report-words.ts";
import { lookToldIn, tableTold, verdictTold } from "./told.ts";

interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function accountTold(account: Account, language: Language): string {
  const { run, origin, measured, madeAt } = account;
  const { id, plan, result } = run;
  const { look, settings } = plan;
  const text = reportWords[language];
  const learned = lookToldIn(look, language);
  const digests = [
    ...look.files.map(({ name, digest }) => [name, digest]),
    [text.all, look.digest],
  ];
  const kinds = Object.entries(origin.placeholders).map(([kind, n]) => [kind, String(n)]);
  const values = Object.entries({ method: look.method, ...settings }).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : String(value ?? "-"),
  ]);
  const table = result && tableTold(result, language);
  const paragraphs = [
    `# ${line(fill(text.title, { name: plan.name }))}`,
    fill(text.lead, { version: plan.version, at: madeAt, id }),
    `## ${text.who}`,
    list([
      text.grounds[plan.whose ?? "none"],
      fill(text.stored, { storedChats: origin.storedChats, fromStored: origin.fromStored }),
      fill(text.files, { fromFiles: origin.fromFiles }),
      origin.erased > 0 ? fill(text.erased, { erased: origin.erased }) : text.noErased,
      look.masked === null ? text.unmasked : fill(text.masked, { masked: look.masked }),
    ]),
    ...(kinds.length > 0
      ? [`${text.placeholders}:`, tabled({ head: [text.kind, text.count], rows: kinds })]
      : []),
    text.keeping,
    `## ${text.data}`,
    list([...learned.facts, ...learned.warnings]),
    tabled({ head: [text.files2, text.digest], rows: digests }),
    `## ${text.how}`,
    tabled({ head: [text.setting, text.value], rows: values }),
    `## ${text.outcome}`,
    ...(result
      ? [list(verdictTold(run, language)), ...(table ? [tabled(table)] : [])]
      : [fill(text.none, { state: messages[language].states[run.state] })]),
    ...(result ? [`## ${text.made}`, tabled(madeOf(account, language))] : []),
    ...(result ? [`## ${text.bias}`] : []),
    ...measured.flatMap(({ at, tables, notes }) => [
      fill(text.measuredAt, { at }),
      ...tables.map(tabled),
      list(notes),
    ]),
    ...(result && measured.length === 0
      ? [line(fill(text.noBias, { model: plan.model, adapter: result.adapter ?? "?" }))]
      : []),
    `## ${text.limits}`,
    text.limitsText,
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/** Each file, and by which digest it is known. */
function madeOf({ run: { plan, result }, merged }: Account, language: Language): Table {
  const text = reportWords[language];
  const rows = [
    [fill(text.base, { model: plan.model }), result?.baseDigest ?? "-"],
    [fill(text.adapter, { adapter: result?.adapter ?? "-" }), result?.adapterDigest ?? "-"],
    ...merged.map(({ file, type }) => [fill(text.mergedFile, { file, type }), "-"]),
  ];
  return { head: [text.files2, text.digest], rows };
}

/** Names are of people, and no part of the form. */
const line = (words: string) => words.replace(/\s+/g, " ").replace(/[<>`*_[\]#\\]/g, "\\$&");
const list = (lines: readonly string[]) => lines.map((one) => `- ${line(one)}`).join("\n");

function tabled({ head, rows }: Table): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => line(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}
