/**
 * `npm run eval:detector -- --texts en=FOLDER --texts es=FOLDER`: what the detector costs, how often it
 * accuses texts that carry no mark (people's, from the folders, and the model's own), and how often it
 * finds real answers of the model of CHARLA_TEST_MODEL: by length and entropy, after edits, cropping and
 * mixing with a foreign text. What is random follows from seeds.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Draw } from "../../src/core/draw.ts";
import type { Engine } from "../../src/core/engine.ts";
import { random, wilson } from "../../src/core/statistics.ts";
import type { Plan } from "../../src/engines/llama/process/protocol.ts";
import { startEngine } from "../../src/engines/llama/service/index.ts";
import { detect, type Words } from "../../src/features/provenance/watermark/detect.ts";
import type { WatermarkKey } from "../../src/features/provenance/watermark/keys.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: process.env.CHARLA_TEST_MODEL ?? "" },
    texts: { type: "string", multiple: true, default: [] },
    foreign: { type: "string", default: "10000" },
    answers: { type: "string", default: "24" },
    tokens: { type: "string", default: "400" },
    json: { type: "boolean", default: false },
  },
});
const { signal } = new AbortController();
const PLAN: Plan = {
  ...{ slots: 8, contextTokens: 1024, kvType: "f16", threads: 2, batchThreads: 2 },
  ...{ batchTokens: 128, flashAttention: true, lockMemory: false, draftTokens: 0 },
};
/** Words of a passage of people: some 200 tokens in English. */
const PASSAGE = 150;
/** What a hit is: so often a foreign text may look like one. */
const LEVELS = [1e-2, 1e-3, 1e-5] as const;

function keyOf(name: string): WatermarkKey {
  const key = createHash("sha256").update(`eval ${name}`).digest();
  const [since, digest] = ["2026-01-01T00:00:00.000Z", ""];
  return { id: name, key: key.toString("hex"), draw: new Draw(key), digest, since };
}

/** Prose of a folder's files in passages: no code, no tables, nothing twice. */
function passagesOf(folder: string): string[] {
  const words: string[] = [];
  const seen = new Set<string>();
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const name of files.filter((one) => /\.(md|txt)$/i.test(one)).toSorted()) {
    for (const paragraph of readFileSync(join(folder, name), "utf8").split(/\n\s*\n/)) {
      if (paragraph.length < 120 || /[{}<>|]|```|https?:/.test(paragraph) || seen.has(paragraph)) {
        continue;
      }
      seen.add(paragraph);
      words.push(...paragraph.trim().split(/\s+/));
    }
  }
  return Array.from({ length: Math.floor(words.length / PASSAGE) }, (_, n) =>
    words.slice(n * PASSAGE, (n + 1) * PASSAGE).join(" "),
  );
}

interface Written {
  readonly text: string;
  /** Mean of -ln(p) of the tokens that were taken: of many, the entropy in nats a token. */
  readonly surprise: number;
}

const TOPICS = [
  ...["a lighthouse", "how bread is made", "el mar", "a lost dog", "la historia de Roma", "rain"],
  ...["a letter to a friend", "volcanoes", "cómo aprender a nadar", "the moon", "a market", "bees"],
];

async function write(engine: Engine, n: number, temperature: number, key?: WatermarkKey) {
  const content = `Write at length about ${TOPICS[n % TOPICS.length]} (${n}).`;
  const sampling = { temperature, topP: 1, maxTokens: Number(values.tokens), seed: n };
  const draw = key && { draw: { id: key.id, key: key.key, required: true } };
  let [text, sum, count] = ["", 0, 0];
  for await (const piece of engine.generate({
    ...{ messages: [{ role: "user", content }], sampling, reproducible: false, signal },
    extras: { logprobs: 1, ...draw },
  })) {
    if (typeof piece === "string") text += piece;
    else if ("type" in piece && piece.type === "text") {
      text += piece.text;
      for (const { logprob } of piece.tokens ?? [])
        if (logprob !== null) [sum, count] = [sum - logprob, count + 1];
    }
  }
  return { text, surprise: sum / Math.max(1, count) } satisfies Written;
}

/** Many at a time, beside each other in the same batches. */
async function writeAll(engine: Engine, count: number, temperature: number, key?: WatermarkKey) {
  const all: Written[] = [];
  for (let n = 0; n < count; n += PLAN.slots) {
    const group = Array.from({ length: Math.min(PLAN.slots, count - n) }, (_, at) => n + at);
    all.push(...(await Promise.all(group.map((one) => write(engine, one, temperature, key)))));
    console.error(`temperature ${temperature}: ${all.length} of ${count} answers`);
  }
  return all;
}

/** Of some words each is another of the same text. */
function edited(text: string, share: number, random: () => number): string {
  const words = text.split(" ");
  const pick = () => words[Math.floor(random() * words.length)] ?? "";
  return words.map((word) => (random() < share ? pick() : word)).join(" ");
}

const percent = ({ hits, of }: { hits: number; of: number }) => {
  const [low, high] = wilson({ hits, of }).map((one) => (100 * one).toFixed(1));
  return `${hits} of ${of} (${low} to ${high} %)`;
};

/** @param chances of each text, by the detector's steps */
const row = (what: string, chances: readonly number[]) => ({
  what,
  texts: chances.length,
  ...Object.fromEntries(
    LEVELS.map((level) => [
      `at ${level}`,
      percent({ hits: chances.filter((one) => one <= level).length, of: chances.length }),
    ]),
  ),
});

const engine = await startEngine({
  ...{ path: values.model, id: values.model, name: values.model, plan: PLAN },
  cache: { memoryBytes: 2 ** 28, diskBytes: 0 },
});
const words = engine as unknown as Words;
const chanceOf = async (text: string, key: WatermarkKey) =>
  (await detect(text, [key], words, signal)).chance;

// A text is looked at under many keys: each is a draw of its own, whatever the text.
const alarms: ReturnType<typeof row>[] = [];
const accuse = async (what: string, texts: readonly string[], count: number) => {
  const chances: number[] = [];
  for (let n = 0; n < count && texts.length > 0; n++) {
    chances.push(await chanceOf(texts[n % texts.length] as string, keyOf(`${what} ${n}`)));
    if (n % 500 === 499) console.error(`${what}: ${n + 1} of ${count}`);
  }
  alarms.push(row(`${what}, ${texts.length} texts`, chances));
  console.error(alarms.at(-1));
};
const each = Math.floor(Number(values.foreign) / (values.texts.length + 1));
for (const one of values.texts) {
  const [name = "", folder = "."] = one.split("=");
  await accuse(`people's, ${name}`, passagesOf(folder), each);
}
const unmarked = await writeAll(engine, PLAN.slots, 1);
await accuse(
  "the model's own",
  unmarked.map(({ text }) => text),
  each,
);

const marker = keyOf("mark");
const answers = Number(values.answers);
const written = new Map<number, Written[]>();
for (const temperature of [0.7, 1]) {
  written.set(temperature, await writeAll(engine, answers, temperature, marker));
}

const found: ReturnType<typeof row>[] = [];
const foreignText = passagesOf(values.texts[0]?.split("=")[1] ?? ".");
for (const [temperature, list] of written) {
  const surprise = list.reduce((sum, one) => sum + one.surprise, 0) / list.length;
  const name = `temperature ${temperature} (${surprise.toFixed(2)} nats a token)`;
  const look = async (what: string, change: (text: string, n: number) => string) => {
    const chances: number[] = [];
    for (const [n, { text }] of list.entries())
      chances.push(await chanceOf(change(text, n), marker));
    found.push(row(`${name}: ${what}`, chances));
    console.error(found.at(-1));
  };
  for (const length of [60, 120, 200, 300]) {
    await look(`first ${length} words`, (text) => text.split(" ").slice(0, length).join(" "));
  }
  await look("whole", (text) => text);
  for (const share of [0.1, 0.2, 0.3]) {
    await look(`${100 * share} % of the words others`, (text, n) => edited(text, share, random(n)));
  }
  await look("middle half", (text) => text.slice(text.length / 4, (3 * text.length) / 4));
  await look("between as much foreign text on both sides", (text, n) => {
    const [before = "", after = ""] = [foreignText[2 * n], foreignText[2 * n + 1]];
    return `${before} ${before}\n\n${text}\n\n${after} ${after}`;
  });
}

const times: number[] = [];
const [first] = written.get(1) ?? [];
for (let n = 0; n < 50; n++) {
  const begin = performance.now();
  await detect(first?.text ?? "", [marker], words, signal);
  times.push(performance.now() - begin);
}
await engine.close();
const sorted = times.toSorted((a, b) => a - b);
const time = { what: "one text of 400 tokens, ms", p50: sorted[25], p95: sorted[47] };
if (values.json) console.log(JSON.stringify({ found, alarms, time }, null, 2));
else {
  console.table(found);
  console.table(alarms);
  console.table([time]);
}
