/**
 * `charla eval table`: measures whatever is not measured yet of the models it is asked for, and shows
 * all of it as one table. What was measured before in just the same way is not measured again.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { SOLO } from "../../../core/access.ts";
import type { Ground, House, RunningServer } from "../../../core/feature.ts";
import { interruptible } from "../../../terminal/interrupt.ts";
import { askOf, type Begun, isBuiltIn, perplexityOf, speedOf } from "../begin.ts";
import { evaluationCut, wrongValue } from "../errors.ts";
import { picturesOf } from "../pictures/index.ts";
import { type Plan, plan as schema, type Wish } from "../plan.ts";
import { type Report, reportOf } from "../report.ts";
import type { Run, RunStore } from "../store.ts";
import { FORMATS, written } from "../table/formats.ts";
import { type Table, tableOf } from "../table/rows.ts";
import type { Tools } from "../tools.ts";
import { contentOf } from "./ask.ts";
import { listBeside, PATH, reportBeside } from "./beside.ts";
import { whole } from "./numbers.ts";
import { textOf } from "./perplexity.ts";
import { inTypes, typesOf } from "./quantised.ts";
import { doHere, storeOf } from "./run.ts";
import { wishesOf } from "./wishes.ts";

export interface TableOptions {
  readonly base?: string;
  readonly types: string;
  readonly model?: readonly string[];
  readonly text: string;
  readonly windows?: string;
  readonly set: string;
  readonly sample?: string;
  readonly questions: boolean;
  readonly maxTokens?: string;
  readonly runs?: string;
  readonly format: string;
  readonly out?: string;
}

export async function tableCommand(
  options: TableOptions,
  tools: Tools,
  ground: Ground,
): Promise<void> {
  const format = FORMATS.find((one) => one === options.format);
  if (!format) throw wrongValue("--format", options.format, FORMATS.join(", "));
  const begun = options.runs === undefined ? await plansOf(options, tools, ground) : undefined;
  const server = begun ? undefined : await ground.running(PATH);
  const ids = options.runs?.split(",").map((one) => one.trim()) ?? [];
  const { reports, all } = server
    ? await besideOf(server, ids, options.out !== undefined)
    : await ground.atRest(async (house) => {
        const store = await storeOf(house);
        const reports = begun
          ? await measured(store, house, tools, begun, ground)
          : await stored(store, ids);
        return { reports, all: options.out === undefined ? [] : await everything(store) };
      });
  const table = tableOf(reports);
  console.log(written(table, format, ground.language));
  if (options.out !== undefined) await save(options.out, table, all, ground.language);
}

/** What the server that runs has, without measuring anything. */
async function besideOf(server: RunningServer, ids: readonly string[], everything: boolean) {
  const known = everything ? (await listBeside(server)).map(({ id }) => id) : [];
  const read = async (some: readonly string[]) => {
    const reports: Report[] = [];
    for (const id of some) reports.push(await reportBeside(server, id));
    return reports;
  };
  return { reports: await read(ids), all: await read(known) };
}

async function plansOf(
  options: TableOptions,
  tools: Tools,
  ground: Ground,
): Promise<readonly Begun<Plan>[]> {
  const {
    settings: { home, version },
    language,
  } = ground;
  const models = await modelsOf(options, tools, home, language);
  const windows = whole("--windows", options.windows, 1);
  const text = { models, ...(await textOf(options.text, ground)) };
  const set = {
    ...{ set: isBuiltIn(options.set) ? options.set : basename(options.set) },
    bytes: isBuiltIn(options.set) ? undefined : await contentOf(options.set),
    sample: whole("--sample", options.sample, 1),
    maxTokens: whole("--max-tokens", options.maxTokens, 1),
  };
  return [
    perplexityOf({ ...text, protocol: "llama", windows }, version),
    speedOf(text, version),
    ...(options.questions ? [await askOf({ ...set, models }, version)] : []),
  ];
}

async function modelsOf(
  { base, types, model }: TableOptions,
  tools: Tools,
  home: string,
  language: Ground["language"],
): Promise<readonly Wish[]> {
  const [first] = await wishesOf(base === undefined ? undefined : [base], tools);
  const path = first?.path ?? (first && (await tools.find(first.model))?.path);
  using stopping = interruptible();
  try {
    const wanted = { home, language, signal: stopping.signal };
    const made = path ? await inTypes(tools, typesOf(types), { ...wanted, path }) : [];
    return [...made, ...(model ? await wishesOf(model, tools) : [])];
  } catch (thrown) {
    if (stopping.signal.aborted) throw evaluationCut("", 0, null);
    throw thrown;
  }
}

async function measured(
  store: RunStore,
  { engines }: House,
  tools: Tools,
  begun: readonly Begun<Plan>[],
  { language, measures }: Ground,
): Promise<readonly Report[]> {
  const known = await store.list(SOLO.id);
  const reports: Report[] = [];
  for (const { plan, content } of begun) {
    const run = alike(known, plan) ?? (await store.add(SOLO.id, plan, content));
    const where = { tools, engines, alone: true, measures };
    if (run.state !== "done") await doHere(store, where, run, language);
    reports.push(await reportOf(store, await store.one(SOLO.id, run.id)));
  }
  return reports;
}

/** A run that is to do just the same; where it was cut, it is gone on with. */
const alike = (known: readonly Run[], plan: Plan): Run | undefined =>
  known.find((run) => JSON.stringify(run.plan) === JSON.stringify(schema.parse(plan)));

async function stored(store: RunStore, ids: readonly string[]): Promise<readonly Report[]> {
  const reports: Report[] = [];
  for (const id of ids) reports.push(await reportOf(store, await store.one(SOLO.id, id)));
  return reports;
}

async function everything(store: RunStore): Promise<readonly Report[]> {
  const reports: Report[] = [];
  for (const run of await store.list(SOLO.id)) reports.push(await reportOf(store, run));
  return reports;
}

/** The table in every format, and its pictures. */
async function save(
  folder: string,
  table: Table,
  all: readonly Report[],
  language: Ground["language"],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const one of FORMATS)
    await writeFile(join(folder, `table.${one}`), `${written(table, one, language)}\n`);
  for (const [name, svg] of Object.entries(picturesOf(table, all, language)))
    await writeFile(join(folder, name), svg);
}
