/** The result as people read it: a Markdown table for each workload. */
import type { Notes } from "./measure.ts";
import { type Row, UNITS } from "./types.ts";

export interface Machine {
  readonly [what: string]: string | number;
}

/** @param about what each workload means, in a sentence */
export function table(rows: readonly Row[], about: ReadonlyMap<string, string>): string {
  const workloads = [...new Set(rows.map(({ workload }) => workload))];
  return workloads
    .map((workload) => {
      const own = rows.filter((row) => row.workload === workload);
      return `### ${workload}\n\n${about.get(workload) ?? ""}\n\n${one(own)}`;
    })
    .join("\n");
}

function one(rows: readonly Row[]): string {
  const peers = [...new Set(rows.flatMap((row) => Object.keys(row.peers)))];
  const head = ["Case", "Unit", "Charla", ...peers.flatMap((peer) => [peer, "ratio"]), "Runs"];
  const lines = rows.map((row) => [
    row.case,
    `${row.unit}${UNITS[row.unit] === "less" ? " ↓" : ""}`,
    value(row.charla),
    ...peers.flatMap((peer) => [value(row.peers[peer]), interval(row, peer)]),
    String(row.runs),
  ]);
  const rule = head.map((_, column) => (column < 2 ? "---" : "---:"));
  return `${[head, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

/** Three significant digits; "failed" for null, nothing for what was not measured. */
export function value(number: number | null | undefined): string {
  if (number === undefined) return "";
  if (number === null) return "failed";
  const digits = number === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(number))));
  const options = { maximumFractionDigits: digits, minimumFractionDigits: digits };
  return number.toLocaleString("en", options);
}

function interval({ ratio }: Row, peer: string): string {
  const found = ratio[peer];
  if (!found) return "";
  const { median, low, high } = found;
  return `**${median.toFixed(2)}** (${low.toFixed(2)}–${high.toFixed(2)})`;
}

/** Machine, versions, settings and failures. */
export function circumstances(machine: Machine, { settings, failures }: Notes): string {
  const lines = ["| | |", "|---|---|"];
  for (const [what, is] of Object.entries(machine)) lines.push(`| ${what} | ${is} |`);
  lines.push("", "Settings that were measured:", "", "| Workload | Case | System | Setting |");
  lines.push("|---|---|---|---|");
  for (const { workload, case: name, system, setting } of settings) {
    lines.push(`| ${workload} | ${name} | ${system} | ${setting} |`);
  }
  if (failures.length > 0) lines.push("", "Failed:", "");
  for (const { workload, case: name, system, reason } of failures) {
    lines.push(`- ${workload}, ${name}, ${system}: ${reason.replaceAll("\n", " ")}`);
  }
  return `${lines.join("\n")}\n`;
}
