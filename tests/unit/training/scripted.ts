/**
 * A training worker that says what the real one says and learns nothing, in the place of the Python; and
 * the feature with an engine that finds texts likelier with an adapter than without.
 */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { features } from "../../../src/app/features.ts";
import type { Feature } from "../../../src/core/feature.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { measuringTools } from "../../../src/engines.ts";
import { training } from "../../../src/features/training/index.ts";
import { writeLora } from "../../fixtures/lora.ts";
import { writeTiny } from "../../fixtures/tiny-llama.ts";

export interface ScriptedWorker {
  /** The worker waits before this step for {@link go}; it can be stopped meanwhile. */
  readonly waitsAt?: number;
  readonly steps?: number;
}

/** Puts a model and the worker into a data folder. */
export async function scriptedWorker(
  home: string,
  { waitsAt = 0, steps = 12 }: ScriptedWorker = {},
): Promise<{ go(): void }> {
  const [models, folder] = [join(home, "models"), join(home, "training")];
  for (const one of [models, folder]) mkdirSync(one, { recursive: true });
  const [base, adapter] = [join(models, "tiny.gguf"), join(folder, "scripted.gguf")];
  writeTiny(base);
  await writeLora(adapter, base, { name: "Scripted" });
  const [python, gate] = [join(folder, "python.mjs"), join(folder, "go")];
  writeFileSync(python, `#!${process.execPath}\n${PROGRAM}`);
  chmodSync(python, 0o755);
  writeFileSync(join(folder, "script.json"), JSON.stringify({ adapter, gate, steps, waitsAt }));
  const ready = { lock: null, path: python, python: "3.11.2", cuda: false, device: "cpu" };
  const worker = { ...ready, versions: { torch: "2.13.0" } };
  writeFileSync(join(folder, "worker.json"), JSON.stringify(worker));
  return { go: () => writeFileSync(gate, "") };
}

/** Its lines are those of `training/worker.py`. */
const PROGRAM = `
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
const script = JSON.parse(readFileSync(new URL("script.json", import.meta.url), "utf8"));
const { adapter, gate, steps, waitsAt } = script;
const heard = [];
let wake = () => {};
createInterface({ input: process.stdin }).on("line", (line) => {
  heard.push(line);
  wake();
});
const next = async () => {
  while (heard.length === 0) await new Promise((resolve) => { wake = resolve; });
  return heard.shift();
};
const tell = (type, rest) => process.stdout.write(JSON.stringify({ type, ...rest }) + "\\n");
const task = JSON.parse(await next());
let step = existsSync(task.checkpoint) ? Number(readFileSync(task.checkpoint, "utf8")) : 0;
const stop = () => {
  writeFileSync(task.checkpoint, String(step));
  tell("stopped", {});
  process.exit(0);
};
const turn = async () => {
  tell("turn", {});
  if ((await next()) === "stop") stop();
};
const written = ({ messages }) => {
  const all = messages.flatMap(({ role, content }) =>
    Array.from(content, (one) => [one.codePointAt(0), Number(role === "assistant")]));
  return { tokens: all.map(([code]) => code), answer: all.map(([, is]) => is) };
};
if (task.do === "tokens") {
  for (const chat of task.train) tell("tokens", { id: chat.id, ...written(chat) });
  process.exit(0);
}
const likely = task.train.flatMap((chat) => chat.likely ?? []).length;
const far = () => (likely > 0 ? { divergence: 2 / (step + 1) } : {});
const counts = { tokens: 900, answerTokens: 400, parameters: 1024 };
tell("loading", { device: "cpu" });
tell("ready", { device: "cpu", steps, every: 4, cut: 1, ...counts });
const validate = () => tell("validation", { step, loss: 1 + 2 / (step + 1), perplexity: 0, ...far() });
if (step > 0) tell("resumed", { step });
else validate();
while (step < steps) {
  await turn();
  while (step + 1 === waitsAt && !existsSync(gate)) {
    if (heard.shift() === "stop") stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  step += 1;
  const rate = 0.0005 * (1 - step / steps);
  tell("step", { step, loss: 0.8 + 2 / step, rate, norm: 1, tokens: 90, seconds: 0.5 });
  if (step % 4 === 0) validate();
}
for (const { at, seen, messages } of task.probes ?? []) tell("probe", { at, seen, ...written({ messages }) });
for (const chat of task.train.slice(0, 4)) tell("learned", written(chat));
for (const [at, chat] of task.test.entries()) tell("test", { at, ...written(chat) });
copyFileSync(adapter, task.out);
tell("done", { steps, best: steps, loss: 1, perplexity: 2.7, early: false });
process.exit(0);
`;

/** Finds each character likelier with an adapter, by about a third; none but a digit is the likeliest without. */
function judge() {
  const engine = scripted({ id: "judge" });
  const scoreTokens: NonNullable<typeof engine.scoreTokens> = async (tokens, how) =>
    tokens.slice(how.from).map((code) => {
      const nats = 2 + (code % 5) / 10 - (how.adapter === undefined ? 0 : 0.6);
      const one = { id: code, text: "", bytes: [], logprob: -nats };
      const knows = how.adapter !== undefined || (code >= 48 && code < 58);
      return { ...one, top: [knows ? one : { ...one, id: 0 }] };
    });
  const tokenize = async (text: string) => Array.from(text, (one) => one.codePointAt(0) ?? 0);
  return { ...engine, openingTokens: 0, tokenize, scoreTokens };
}

/** The feature with that engine, as long as the test runs. @returns puts the real one back */
export function judgedTraining(): () => void {
  const list = features as Feature[];
  const at = list.findIndex(({ name }) => name === "training");
  const before = list[at] as Feature;
  list[at] = training(async (log, served) => ({
    ...(await measuringTools(log, served)),
    openAlone: async () => judge(),
  }));
  return () => void list.splice(at, 1, before);
}

/** So many chats with an answer each, as JSON lines. */
export const chatLines = (count: number): string =>
  Array.from({ length: count }, (_, n) =>
    JSON.stringify({ question: `What comes after ${n}?`, answer: `After ${n} comes ${n + 1}.` }),
  ).join("\n");
