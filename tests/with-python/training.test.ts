/** The training worker on tiny models: what it learns, what it exports, and how it ends. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { measuringTools } from "../../src/engines.ts";
import { isFaithful, parityOf, type Reference } from "../../src/features/training/parity.ts";
import { settings } from "../../src/features/training/settings.ts";
import { likelyOf } from "../../src/features/training/teacher/soft.ts";
import { prefer } from "../../src/features/training/verdict.ts";
import { converse, flagsFor, type Told } from "../../src/features/training/worker/conversation.ts";
import { PROGRAMS } from "../../src/features/training/worker/folder.ts";
import { CLI, ended, ROOT, start, temporary } from "../fixtures/charla.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";
import { writeTiny } from "../fixtures/tiny-llama.ts";

const never = new AbortController().signal;
const home = mkdtempSync(join(tmpdir(), "charla-training-"));
let python: string;
beforeAll(async () => {
  const { installWorker } = await import(join(ROOT, "scripts/python.mjs"));
  python = await installWorker();
}, 600_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const chat = (n: number) => ({
  messages: [
    { role: "user", content: `What is ${n} and the next?` },
    { role: "assistant", content: `${n} and ${n + 1}.` },
  ],
});
const chats = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => chat(from + n));

function taskOf(name: string, base: string, changes: object = {}) {
  return {
    ...{ do: "train", base, digest: "of the base", name },
    ...{ checkpoint: join(home, `${name}.checkpoint`), out: join(home, `${name}.gguf`) },
    ...{ train: chats(10, 24), validation: chats(40, 6), test: chats(50, 2) },
    settings: settings.parse({
      length: 128,
      rate: 0.02,
      threads: 1,
      steps: 6,
      every: 3,
      ...changes,
    }),
  };
}

async function told(
  task: object,
  {
    signal = never,
    turn = async () => {},
    processes = 1,
  }: { signal?: AbortSignal; turn?(): Promise<void>; processes?: number } = {},
) {
  const lines: Told[] = [];
  const talk = { python, cwd: home, turn, signal, processes };
  for await (const line of converse(task, talk)) lines.push(line);
  return lines;
}

const of = <Type extends Told["type"]>(lines: readonly Told[], type: Type) =>
  lines.filter((one): one is Extract<Told, { type: Type }> => one.type === type);

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "",
    ({ code }) => code,
  );

const digest = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

test.each(["llama", "qwen2"] as const)(
  "what is learned on %s is what the engine says with the adapter",
  async (architecture) => {
    const base = join(home, `${architecture}.gguf`);
    writeTiny(base, architecture);
    const probes = [{ at: 1, seen: false, messages: chat(51).messages }];
    const task = { ...taskOf(`learned-${architecture}`, base), probes };
    const lines = await told(task);
    const [ready] = of(lines, "ready");
    // Two layers of seven matrices, each of rank 8.
    expect(ready).toMatchObject({ steps: 6, every: 3, cut: 0 });
    expect(of(lines, "step").map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    const validations = of(lines, "validation");
    expect(validations.map(({ step }) => step)).toEqual([0, 3, 6]);
    expect(validations.at(-1)?.loss).toBeLessThan((validations[0]?.loss ?? 0) - 0.3);
    expect(of(lines, "done")).toMatchObject([{ steps: 6, early: false }]);
    // Of the tests nothing is told but how they are written.
    const tests = of(lines, "test");
    expect(tests.map(({ at }) => at)).toEqual([0, 1]);
    expect(tests[0]?.answer.filter(Boolean).length).toBe("50 and 51.".length + 1);
    const { tokens, answer } = tests[1] ?? {};
    expect(of(lines, "probe")).toEqual([{ type: "probe", at: 1, seen: false, tokens, answer }]);

    const tools = await measuringTools(() => {});
    const adapter = { id: "learned", path: task.out, digest: digest(task.out) };
    const engine = await tools.openAlone(base, { adapter, signal: never });
    try {
      const references: Reference[] = of(lines, "reference");
      const parity = await parityOf(engine, "learned", references, never);
      expect(parity?.places).toBeGreaterThan(200);
      expect(parity?.base).toBeLessThan(1e-4);
      expect(parity?.tuned).toBeLessThan(1e-4);
      expect(parity?.without).toBeGreaterThan(0.05);
      expect(parity && isFaithful(parity)).toBe(true);
    } finally {
      await engine.close();
    }
  },
  240_000,
);

test("from what a teacher finds likely a student of the same vocabulary comes near it", async () => {
  // The teacher is the model with what it learned before; the student is the model alone.
  const base = join(home, "llama.gguf");
  const { out } = taskOf("learned-llama", base);
  const task = taskOf("student", base, { soft: 1, temperature: 2 });
  const named = [...task.train, ...task.validation].map((one, id) => ({ ...one, id: String(id) }));
  const written = of(await told({ ...task, do: "tokens", train: named }), "tokens");
  expect(written.map(({ id }) => id)).toEqual(named.map(({ id }) => id));
  const tools = await measuringTools(() => {});
  const adapter = { id: "teacher", path: out, digest: digest(out) };
  const engine = await tools.openAlone(base, { adapter, signal: never });
  const taught: object[] = [];
  try {
    for (const [at, one] of written.entries()) {
      const likely = await likelyOf(engine, one, "teacher", never);
      expect(likely).toHaveLength(one.answer.filter(Boolean).length);
      taught.push({ ...named[at], likely });
    }
  } finally {
    await engine.close();
  }
  const given = { train: taught.slice(0, 24), validation: taught.slice(24) };
  const far = of(await told({ ...task, ...given }), "validation").map(
    ({ divergence }) => divergence,
  );
  expect(far[0]).toBeGreaterThan(0.1);
  expect(far.at(-1)).toBeLessThan((far[0] ?? 0) / 2);
}, 240_000);

test.each([
  ["dpo", (n: number) => ({ ...chat(n), rejected: "No idea." })],
  [
    "kto",
    (n: number) => {
      const [question] = chat(n).messages;
      const bad = { messages: [question, { role: "assistant", content: "No idea." }], bad: true };
      return n % 2 === 0 ? chat(n) : bad;
    },
  ],
] as const)(
  "from judged answers it learns to prefer the better ones (%s)",
  async (method, judged) => {
    const base = join(home, `${method}.gguf`);
    writeTiny(base);
    const many = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => judged(from + n));
    const task = {
      ...taskOf(`judged-${method}`, base, { steps: 12, every: 6 }),
      ...{ method, train: many(10, 24), validation: many(40, 6), test: many(50, 6) },
    };
    const lines = await told(task);
    const losses = of(lines, "validation").map(({ loss }) => loss);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.9);
    const tests = of(lines, "test");
    expect(tests.map(({ sign }) => sign).toSorted()).toContain(-1);
    const tools = await measuringTools(() => {});
    const adapter = { id: "learned", path: task.out, digest: digest(task.out) };
    const engine = await tools.openAlone(base, { adapter, signal: never });
    try {
      const preferred = await prefer(engine, "learned", tests, async () => {}, never);
      expect(preferred?.texts).toBe(6);
      expect(preferred?.gain.low).toBeGreaterThan(0);
    } finally {
      await engine.close();
    }
  },
  240_000,
);

test("texts that share a row see nothing of each other", async () => {
  const base = join(home, "packed.gguf");
  writeTiny(base);
  const script = join(ROOT, "tests/with-python/training.py");
  const { stdout } = await promisify(execFile)(python, [
    ...flagsFor(python),
    script,
    PROGRAMS,
    base,
  ]);
  const { alone, packed, rows, masked, controls, far, mix } = JSON.parse(stdout);
  expect(rows).toBe(1);
  expect(Math.abs(alone - packed)).toBeLessThan(1e-3);
  // Only what the assistant says is learned, and its end; and nothing of weight 0.
  expect(masked).toEqual(["Yes.<|im_end|>", "No.<|im_end|>", "Learned.<|im_end|>"]);
  expect(controls).toBe(0);
  // By hand: three outcomes, of which the third is all that the teacher did not tell.
  const student = [2, 1, Math.log(Math.exp(0.5) + Math.exp(-1))];
  const byHand = (heat: number) => {
    const flat = (logs: readonly number[]) => {
      const weights = logs.map((one) => Math.exp(one / heat));
      return weights.map((one) => one / weights.reduce((sum, each) => sum + each, 0));
    };
    const [p, q] = [flat([0.6, 0.2, 0.2].map(Math.log)), flat(student)];
    return heat ** 2 * p.reduce((sum, one, at) => sum + one * Math.log(one / (q[at] ?? 0)), 0);
  };
  expect(far[0]).toBeCloseTo(byHand(1), 5);
  expect(far[1]).toBeCloseTo(byHand(2), 5);
  // A quarter of it, and three of the words; where the teacher was not asked, the words alone.
  expect(mix).toBeCloseTo(0.75 * 2 + 0.25 * byHand(2) + 3, 5);
}, 120_000);

test("a run that was stopped, and one of two processes, come to what one comes to", async () => {
  const base = join(home, "resumed.gguf");
  writeTiny(base);
  // Two rows a step, so that each process has one.
  const rows = { batch: 2 };
  const whole = taskOf("whole", base, rows);
  await told(whole);
  const cut = taskOf("cut", base, rows);
  const stopping = new AbortController();
  let turns = 0;
  const stop = async () => {
    turns += 1;
    if (turns === 12) stopping.abort(new Error("enough"));
  };
  await expect(told(cut, { signal: stopping.signal, turn: stop })).rejects.toThrow("enough");
  const lines = await told(cut);
  const [from] = of(lines, "resumed");
  expect(from?.step).toBeGreaterThan(0);
  expect(of(lines, "step")[0]?.step).toBe((from?.step ?? 0) + 1);
  const both = taskOf("both", base, rows);
  expect(of(await told(both, { processes: 2 }), "step")).toHaveLength(6);
  const [one, other, third] = [whole, cut, both].map(({ out }) => readFileSync(out));
  // The name stands in the header; the numbers are all the rest.
  expect(other?.subarray(-20_000).equals(one?.subarray(-20_000) ?? Buffer.of())).toBe(true);
  // Gradients that are added in another order differ in the last digits.
  const floats = (file = Buffer.of()) =>
    Array.from({ length: 5000 }, (_, at) => file.readFloatLE(file.length - 20_000 + 4 * at));
  const alone = floats(one);
  const apart = floats(third).map((value, at) => Math.abs(value - (alone[at] ?? 0)));
  expect(Math.max(...apart)).toBeLessThan(1e-3);
}, 240_000);

test("what cannot be trained is refused by name", async () => {
  const gpt2 = join(home, "gpt2.gguf");
  writeGpt2(gpt2);
  expect(await codeOf(told(taskOf("gpt2", gpt2)))).toBe("training_architecture");
  const base = join(home, "refused.gguf");
  writeTiny(base);
  const none = { ...taskOf("none", base), train: [{ messages: chat(1).messages.slice(0, 1) }] };
  expect(await codeOf(told(none))).toBe("training_no_answers");
  const target = taskOf("target", base, { targets: ["no_such"] });
  expect(await codeOf(told(target))).toBe("training_target");
}, 240_000);

test("a worker that is killed or silent is an error with its reason", async () => {
  const task = { do: "check" };
  const killed = converse(task, {
    python: "/bin/false",
    cwd: home,
    turn: async () => {},
    signal: never,
  });
  expect(await codeOf(killed.next())).toBe("training_worker_died");
  const silent = converse(task, {
    ...{ python, cwd: home, turn: async () => {}, signal: never, patienceMs: 1 },
  });
  expect(await codeOf(silent.next())).toBe("training_worker_hung");
});

test("in the terminal: looked at, trained, judged, offered, tested, deleted", async () => {
  const place = temporary();
  mkdirSync(join(place, "models"));
  writeTiny(join(place, "models/tiny.gguf"));
  const data = join(place, "chats.jsonl");
  writeFileSync(
    data,
    chats(10, 80)
      .map((one) => `${JSON.stringify(one)}\n`)
      .join(""),
  );
  const env = { CHARLA_HOME: place, CHARLA_ENGINE: "", HF_HUB_OFFLINE: "1", LANG: "en_GB.UTF-8" };
  const charla = (...args: string[]) =>
    ended(start(process.execPath, [CLI, "train", ...args], { env, input: "" }));
  const early = await charla(data, "--model", "tiny");
  expect(early.stderr).toContain("charla train setup");
  expect((await charla("setup", "--python", python)).stdout).toContain("PyTorch 2.13.0");
  expect((await charla(data, "--look")).stdout).toContain("80 chats found");

  const made = [
    ...["--name", "Next numbers", "--length", "128", "--rate", "0.02", "--epochs", "1"],
    "--perturb",
  ];
  const { code, stdout, stderr } = await charla(data, "--model", "tiny", ...made, "--json");
  expect(code, stderr).toBe(0);
  const run = JSON.parse(stdout);
  expect(run).toMatchObject({ state: "done", plan: { name: "Next numbers", model: "tiny" } });
  expect(run.result).toMatchObject({ adapter: "next-numbers", verdict: "better", faithful: true });
  expect(run.result.test.ratio.high).toBeLessThan(1);
  expect(run.result.parity.tuned).toBeLessThan(1e-4);
  // Questions that are written carelessly, in ways that it learned and others.
  expect(run.result.robust.seen.ratio.high).toBeLessThan(1);
  expect(run.result.robust.unseen.ratio.high).toBeLessThan(1);
  const { texts, base, tuned } = run.result.extraction;
  expect(texts).toBe(40);
  expect(tuned).toBeGreaterThan(base);
  // What was learned from lies nowhere in the clear.
  const lying = readdirSync(join(place, "training/runs", run.id));
  expect(lying).toEqual(["adapter.gguf"]);

  const models = await ended(
    start(process.execPath, [CLI, "models", "list", "--json"], { env, input: "" }),
  );
  const [adapter] = JSON.parse(models.stdout).adapters;
  expect(adapter).toMatchObject({ id: "next-numbers", models: ["tiny"], error: null });
  expect(adapter.digest).toBe(run.result.adapterDigest);
  expect((await charla("show", run.id.slice(0, 8))).stdout).toContain("Better: on the");
  const merged = await charla("merge", run.id, "--type", "F16");
  expect(merged.stdout, merged.stderr).toContain("tiny-next-numbers.F16.gguf is written: F16");
  expect((await charla("merge", run.id, "--type", "Q9")).code).toBe(2);
  const report = (await charla("report", run.id)).stdout;
  expect(report).toContain(run.result.adapterDigest);
  expect(report).toContain("tiny-next-numbers.F16.gguf");
  expect(report).not.toContain("and the next?");
  const tested = (await charla("test", run.id)).stdout.trim().split("\n");
  expect(tested.length).toBe(run.plan.look.test);
  expect((await charla("rm", run.id)).code).toBe(0);
  expect((await charla("list")).stdout).toContain("No training runs yet");
  expect(readdirSync(join(place, "models/adapters"))).toEqual([]);
  expect(readdirSync(join(place, "models"))).not.toContain("tiny-next-numbers.F16.gguf");
}, 400_000);
