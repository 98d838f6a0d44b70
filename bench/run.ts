/**
 * `npm run bench`: the command line of the benchmark. See README.md beside this file.
 */
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import { notes } from "./measure.ts";
import { Prompts, readVocabulary } from "./prompts.ts";
import { publish } from "./publish.ts";
import { circumstances, table } from "./report.ts";
import { starter } from "./starter.ts";
import type { Row } from "./types.ts";
import { WORKLOADS } from "./workloads/index.ts";

const PEERS = ["loop", "llama-server", "onnx", "transformers", "relay", "litellm", "open-webui"];
/** Those that need neither minutes to install nor half a minute to start; one of a kind. */
const QUICK_PEERS = ["llama-server", "relay"];
const SEED = 4;

const USAGE = `npm run bench -- [W1 ...] [--peers a,b] [--quick] [--json FILE] [--report] [--model FILE]

Workloads: ${WORKLOADS.map(({ name }) => name).join(", ")}
Peers:     ${PEERS.join(", ")} (or "none")
--quick    three minutes at most, few runs: shows that everything works
--json     writes the rows to FILE, and machine, versions and settings to FILE.about.json
--report   writes tables, plots and JSON to docs/benchmarks/
--model    a GGUF file; the starter model when absent`;

interface Arguments {
  readonly workloads: typeof WORKLOADS;
  readonly peers: ReadonlySet<string>;
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly report: boolean;
  readonly model: string | undefined;
}

function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      peers: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      report: { type: "boolean", default: false },
      model: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const wanted = positionals.map((name) => name.toUpperCase());
  const names = new Set(WORKLOADS.map(({ name }) => name.toUpperCase()));
  const stranger = wanted.find((name) => !names.has(name));
  if (stranger) throw new Error(`There is no workload ${stranger}.`);
  const all = values.quick ? QUICK_PEERS : PEERS;
  const peers = values.peers?.split(",").filter((name) => name !== "none") ?? all;
  const unknown = peers.find((name) => !PEERS.includes(name));
  if (unknown) throw new Error(`There is no peer ${unknown}.`);
  return {
    workloads: WORKLOADS.filter(
      ({ name }) => wanted.length === 0 || wanted.includes(name.toUpperCase()),
    ),
    peers: new Set(peers),
    quick: values.quick,
    json: values.json,
    report: values.report,
    model: values.model ?? process.env.CHARLA_TEST_MODEL,
  };
}

async function main({ workloads, peers, quick, json, report, ...rest }: Arguments): Promise<void> {
  const model = resolve(rest.model ?? starter());
  const about = new Map(WORKLOADS.map((workload) => [workload.name, workload.about]));
  const machine = await describeMachine(model, peers);
  const [load = 0] = loadavg();
  if (load > 0.5) console.error(`The machine is busy (load ${load.toFixed(2)}): figures suffer.`);
  const vocabulary = await readVocabulary(model);
  const { endTokens } = vocabulary;
  const rows: Row[] = [];
  for (const [index, workload] of workloads.entries()) {
    console.error(`${workload.name}: ${workload.about}`);
    const prompts = new Prompts(vocabulary, SEED + index);
    try {
      const found = await workload.run({ model, endTokens, prompts, peers, quick });
      rows.push(...found);
      console.log(table(found, about));
    } catch (thrown) {
      // The others go on.
      const failure = { workload: workload.name, case: "all", system: "the benchmark" };
      notes.failures.push({ ...failure, reason: messageOf(thrown) });
      console.error(`  ${workload.name} failed: ${messageOf(thrown)}`);
    }
    if (json) write(json, rows, machine);
  }
  console.log(circumstances(machine, notes));
  if (report) publish({ rows, machine, notes, about });
  if (notes.failures.length > 0) process.exitCode = 1;
}

function write(path: string, rows: readonly Row[], machine: object): void {
  writeFileSync(path, `${JSON.stringify(rows, null, 2)}\n`);
  const about = { machine, ...notes };
  writeFileSync(path.replace(/(\.json)?$/, ".about.json"), `${JSON.stringify(about, null, 2)}\n`);
}

function usage(thrown: unknown): never {
  console.error(`${messageOf(thrown)}\n\n${USAGE}`);
  process.exit(2);
}

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));

let asked: Arguments;
try {
  asked = readArguments(process.argv.slice(2));
} catch (thrown) {
  usage(thrown);
}
try {
  await main(asked);
} catch (thrown) {
  console.error(messageOf(thrown));
  process.exitCode = 1;
}
// Children, and the native library of the tokenizer, must not keep it alive.
process.exit();
