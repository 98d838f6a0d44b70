/** Writes a report to docs/benchmarks/: tables, plots and the figures themselves. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Notes } from "./measure.ts";
import { circumstances, type Machine, table } from "./report.ts";
import { bars, ratios } from "./svg.ts";
import type { Row } from "./types.ts";

const FOLDER = fileURLToPath(new URL("../docs/benchmarks/", import.meta.url));

/** Rows that belong in one picture: those of one workload that share a unit and a kind of case. */
const PLOTS: ReadonlyArray<readonly [file: string, title: string, rows: (row: Row) => boolean]> = [
  ["w1", "Chats at once", ({ workload, unit }) => workload === "W1" && unit === "tokens/s"],
  ["w2-w3", "One long prompt, one long answer", ({ workload }) => /W[23]/.test(workload)],
  [
    "w4",
    "Conversations that return: time to the first token",
    (row) => row.workload === "W4" && row.unit === "ms",
  ],
  ["w5", "Beside a long prompt", ({ workload }) => workload === "W5"],
  [
    "w8-added",
    "Time that a gateway adds to the first piece",
    (row) => row.workload === "W8" && /paced, added$/.test(row.case),
  ],
  [
    "w8-cost",
    "Processor time of a gateway for each piece",
    (row) => row.workload === "W8" && /burst, a piece$/.test(row.case),
  ],
  ["memory", "Memory of the model process", (row) => /^model process/.test(row.case)],
];

const COMPARISONS: typeof PLOTS = [
  [
    "engines",
    "Charla against other engines",
    // What else W4 counts says how its times come about; W6 and W7 are about rules, not speed.
    (row) => /^(W[1-5]|memory)$/.test(row.workload) && !/^turn |^over |cache$/.test(row.case),
  ],
  ["gateways", "Charla against other gateways", ({ workload }) => workload === "W8"],
];

export interface Run {
  readonly rows: readonly Row[];
  readonly machine: Machine;
  readonly notes: Notes;
  readonly about: ReadonlyMap<string, string>;
}

export function publish({ rows, machine, notes, about }: Run, folder = FOLDER): void {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  const pictures: string[] = [];
  const plot = (name: string, title: string, svg: string) => {
    write(`${name}.svg`, svg);
    pictures.push(`![${title}](${name}.svg)`);
  };
  // Gateways are hundreds of times apart, which would leave nothing to see of the engines.
  for (const [name, title, belongs] of COMPARISONS) {
    const compared = rows.filter((row) => belongs(row) && Object.keys(row.ratio).length > 0);
    if (compared.length > 0) plot(name, title, ratios(title, compared));
  }
  for (const [name, title, belongs] of PLOTS) {
    const own = rows.filter(belongs);
    if (own.length > 0) plot(name, title, bars(title, own));
  }
  const parts = [
    "# Benchmark",
    "What the workloads are and how the figures come about: [bench/README.md](../../bench/README.md).",
    "Ratios are Charla's figure divided by the peer's, with 95 % intervals; where a unit has a ↓, " +
      "less is better.",
    ...pictures,
    table(rows, about),
    "## Circumstances",
    circumstances(machine, notes),
  ];
  write("README.md", parts.join("\n\n").replace(/\n{3,}/g, "\n\n"));
  write("results.json", `${JSON.stringify(rows, null, 2)}\n`);
  write("machine.json", `${JSON.stringify({ machine, ...notes }, null, 2)}\n`);
}
