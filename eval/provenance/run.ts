/**
 * `npm run eval:provenance -- --other FILE`: how well a replay tells an honest answer from one of
 * another file, temperature or system prompt, and an edited one. Answers are written by the model of
 * CHARLA_TEST_MODEL, each with other threads and neighbours than it is replayed with. `--honest 1000` looks for false alarms alone (`honest.ts`).
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import type { Engine } from "../../src/core/engine.ts";
import type { Replayed } from "../../src/core/extras.ts";
import { wilson } from "../../src/core/statistics.ts";
import { verdictOf } from "../../src/features/provenance/replay/verdict.ts";
import { replay, type Said, start, write } from "./answers.ts";
import { honestly } from "./honest.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: process.env.CHARLA_TEST_MODEL ?? "" },
    other: { type: "string", multiple: true, default: [] },
    answers: { type: "string", default: "24" },
    tokens: { type: "string", default: "300" },
    /** So many honest replays, and nothing else. */
    honest: { type: "string" },
    /** Where they are written down as they come, and gone on with. */
    log: { type: "string", default: "honest.jsonl" },
    threads: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
  },
});
const count = Number(values.answers);
const maxTokens = Number(values.tokens);
if (values.honest !== undefined) {
  const { model, log } = values;
  await honestly({
    ...{ model, log, maxTokens, count: Number(values.honest), threads: Number(values.threads) },
  });
  process.exit();
}

/** One word in the middle is another. */
const edited = ({ answer, ...rest }: Said): Said => {
  const words = answer.split(" ");
  words[Math.floor(words.length / 2)] = "umbrella";
  return { ...rest, answer: words.join(" ") };
};
const warmer = ({ sampling, ...rest }: Said): Said => ({
  ...rest,
  sampling: { ...sampling, temperature: sampling.temperature + 0.2 },
});
const otherPrompt = ({ messages, ...rest }: Said): Said => ({
  ...rest,
  messages: [{ role: "system", content: "You are a poet." }, ...messages.slice(1)],
});
const otherSeed = ({ sampling, extras: _, ...rest }: Said): Said => ({
  ...rest,
  ...{ extras: {}, sampling: { ...sampling, seed: (sampling.seed ?? 0) + 1000 } },
});

/** Share of pairs in which the other one is further off than the honest one. */
const auc = (honest: readonly number[], other: readonly number[]) =>
  honest.reduce(
    (sum, a) => sum + other.reduce((more, b) => more + (b > a ? 1 : b === a ? 0.5 : 0), 0),
    0,
  ) /
  (honest.length * other.length);

const engine = await start(values.model);
const said: Said[] = [];
// Four at a time, beside each other in the same batches.
for (let n = 0; n < count; n += 4) {
  const group = Array.from({ length: Math.min(4, count - n) }, (_, at) =>
    write(engine, n + at, maxTokens),
  );
  said.push(...(await Promise.all(group)));
}
const long = said.filter(({ answer }) => answer.split(" ").length > 60);
const results: Record<string, (readonly Replayed[])[]> = {};
const run = async (name: string, by: Engine, change: (said: Said) => Said = (one) => one) => {
  const list: (readonly Replayed[])[] = [];
  for (const one of long) list.push(await replay(by, change(one)));
  results[name] = list;
  console.error(name, list.map((one) => verdictOf(one).mean.toFixed(3)).join(" "));
};
await run("honest, batches of 128", engine);
await run("another temperature", engine, warmer);
await run("another system prompt", engine, otherPrompt);
await run("another seed", engine, otherSeed);
await run("one word edited", engine, edited);
await engine.close();
for (const [batchTokens, threads] of [
  [32, 1],
  [512, 2],
] as const) {
  const one = await start(values.model, { batchTokens, threads, batchThreads: threads, slots: 1 });
  await run(`honest, batches of ${batchTokens}, ${threads} threads`, one);
  await one.close();
}
for (const path of values.other) {
  const other = await start(path);
  await run(basename(path), other);
  await other.close();
}

const honest = Object.keys(results).filter((name) => name.startsWith("honest"));
const meanOf = (list: readonly Replayed[]) => verdictOf(list).mean;
const honestMeans = honest.flatMap((name) => (results[name] ?? []).map(meanOf));
const table = Object.entries(results).map(([name, lists]) => {
  const verdicts = lists.map((list) => verdictOf(list));
  const means = verdicts.map(({ mean }) => mean).toSorted((a, b) => a - b);
  const agree = verdicts.reduce((sum, one) => sum + one.agree / one.tokens, 0) / verdicts.length;
  const same = verdicts.filter(({ verdict }) => verdict === "same").length;
  return {
    name,
    answers: lists.length,
    agree: Number(agree.toFixed(4)),
    "mean, least": Number((means[0] ?? 0).toPrecision(3)),
    "mean, median": Number((means[means.length >> 1] ?? 0).toPrecision(3)),
    "mean, most": Number((means.at(-1) ?? 0).toPrecision(3)),
    AUC: name.startsWith("honest") ? undefined : Number(auc(honestMeans, means).toFixed(4)),
    "said to be the same": `${same} (${wilson({ hits: same, of: lists.length })
      .map((one) => (100 * one).toFixed(1))
      .join(" to ")} %)`,
  };
});
if (values.json) console.log(JSON.stringify(table, null, 2));
else console.table(table);
