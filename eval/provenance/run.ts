/**
 * `npm run eval:provenance -- --other FILE --adapter FILE --template FILE`: how well a replay tells an
 * honest answer from one of another file, adapter, template, temperature or question, and an edited one.
 * Answers are written by the model of CHARLA_TEST_MODEL, each with other neighbours than it is replayed
 * with, and all is kept beside `--log`, so that a run which is stopped goes on. `--honest 1000` looks for
 * false alarms alone (`honest.ts`).
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { replay, type Said, start, write } from "./answers.ts";
import { casesOf } from "./cases.ts";
import { honestly } from "./honest.ts";
import { keep, read } from "./log.ts";
import { told } from "./told.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: process.env.CHARLA_TEST_MODEL ?? "" },
    other: { type: "string", multiple: true, default: [] },
    adapter: { type: "string", multiple: true, default: [] },
    template: { type: "string", multiple: true, default: [] },
    answers: { type: "string", default: "24" },
    tokens: { type: "string", default: "300" },
    /** So many honest replays, and nothing else. */
    honest: { type: "string" },
    /** Where they are written down as they come, and gone on with. */
    log: { type: "string" },
    threads: { type: "string", default: "2" },
    /** Where the picture of the rates is to lie. */
    svg: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const { model, other, adapter, template } = values;
const count = Number(values.answers);
const maxTokens = Number(values.tokens);
const threads = Number(values.threads);
if (values.honest !== undefined) {
  const { log = "honest.jsonl" } = values;
  await honestly({ model, log, maxTokens, count: Number(values.honest), threads });
  process.exit();
}

const { log = "replays.jsonl" } = values;
const written = `${log}.answers`;
const said: Said[] = existsSync(written)
  ? readFileSync(written, "utf8")
      .trim()
      .split("\n")
      .map((one) => JSON.parse(one))
  : [];
const GROUP = 4;
if (said.length < count) {
  const engine = await start(model, { threads, batchThreads: threads });
  while (said.length < count) {
    const size = Math.min(GROUP, count - said.length);
    const group = Array.from({ length: size }, (_, at) =>
      write(engine, said.length + at, maxTokens),
    );
    const more = await Promise.all(group);
    appendFileSync(written, more.map((one) => `${JSON.stringify(one)}\n`).join(""));
    said.push(...more);
    console.error(`${said.length} of ${count} answers`);
  }
  await engine.close();
}

const key = (n: number, by: string) => `${n} ${by}`;
for (const { cases, open } of casesOf({
  model,
  others: other,
  adapters: adapter,
  templates: template,
  threads,
})) {
  const known = new Set(read(log).map(({ n, by }) => key(n, by)));
  const left = said
    .slice(0, count)
    .flatMap((_, n) => cases.flatMap((one) => (known.has(key(n, one.by)) ? [] : [{ n, one }])));
  if (left.length === 0) continue;
  const engine = await open();
  for (const { n, one } of left) {
    const { by, honest, edited = false, change = (same: Said) => same } = one;
    keep(log, { n, by, honest, edited }, await replay(engine, change(said[n] as Said)));
  }
  await engine.close();
  console.error(`${cases.map(({ by }) => by).join(", ")}: ${count} each`);
}
told(read(log), values);
