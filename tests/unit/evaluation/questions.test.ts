/** Sets of questions: asked, judged, compared, and what failed counts as wrong. */
import { expect, test } from "vitest";
import type { Engine } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { type Answered, ask } from "../../../src/features/evaluation/ask/answer.ts";
import { apart, cosine, similar } from "../../../src/features/evaluation/ask/similar.ts";
import { compareAnswers, summariseAnswers } from "../../../src/features/evaluation/ask/summary.ts";
import { askOf } from "../../../src/features/evaluation/begin.ts";
import type { Item } from "../../../src/features/evaluation/sets/item.ts";
import { toy } from "./toy.ts";

const qa = (id: string, reference: string, lang = "en"): Item => ({
  ...{ id, lang, kind: "qa", messages: [{ role: "user", content: `What is ${id}?` }] },
  ...{ references: [reference], source: "own", licence: "Apache-2.0" },
});
const planOf = async () => (await askOf({ models: [], set: "own-questions" }, "0.0.0")).plan;
const told = (id: string, answer: string, more: Partial<Answered> = {}): Answered => ({
  ...{ id, answer, reason: "stop", firstMs: 100, totalMs: 200, tokens: 3, tokensPerSecond: 20 },
  ...more,
});
const never = new AbortController().signal;
const how = async (place = 0) => ({
  ...{ plan: await planOf(), place, adapter: undefined, signal: never },
});

test("an answer is kept with its counts and times, and the system prompt that was set", async () => {
  const seen: string[] = [];
  const engine = scripted({
    reply(messages) {
      seen.push(messages.map(({ role }) => role).join());
      return "It is Canberra.";
    },
  });
  const plan = { ...(await planOf()), system: "Be brief." };
  const found = await ask(engine, qa("x", "Canberra"), { ...(await how()), plan });
  expect(found).toMatchObject({ id: "x", answer: "It is Canberra.", reason: "stop", tokens: 3 });
  expect(found.totalMs).toBeGreaterThanOrEqual(found.firstMs ?? Number.NaN);
  const own = qa("y", "z");
  const itself = {
    ...own,
    messages: [{ role: "system" as const, content: "Mine." }, ...own.messages],
  };
  await ask(engine, itself, { ...(await how()), plan });
  expect(seen).toEqual(["system,user", "system,user"]);
});

test("what an engine refuses is a failure of that question, and an abort is none", async () => {
  const base = scripted();
  const dies: Engine = {
    ...base,
    countTokens: async () => {
      throw new CharlaError("engine_stopped", { message: "It died.", hint: "Wait." });
    },
  };
  const found = await ask(dies, qa("x", "y"), await how());
  expect(found).toEqual({
    id: "x",
    answer: "",
    error: { code: "engine_stopped", message: "It died." },
  });
  const stopping = AbortSignal.abort(new Error("stop"));
  await expect(ask(base, qa("x", "y"), { ...(await how()), signal: stopping })).rejects.toThrow(
    "stop",
  );
});

test("a choice is the likeliest behind the question, by its bytes and as a whole", async () => {
  const item: Item = {
    ...qa("c", "-"),
    kind: "choice",
    references: [],
    choices: ["a", "bbbb"],
    answer: 1,
  };
  // A nat for "a", half a nat for each "b": by byte the long one is likelier, as a whole the short one.
  const engine = toy({ nats: (code) => (code === 97 ? 1 : 0.5) });
  const found = await ask(engine, item, await how());
  expect(found.choices).toEqual([
    { nats: -1, bytes: 1 },
    { nats: -2, bytes: 4 },
  ]);
  expect(found.answer).toBe("bbbb");
  const [all] = summariseAnswers([item], [found], undefined, { seed: 1, threshold: 0.8 });
  expect(all?.choice).toMatchObject({ byByte: { hits: 1 }, whole: { hits: 0 }, chance: 0.5 });
});

test("failures count as wrong everywhere, and not in the times", () => {
  const items = [qa("a", "Canberra"), qa("b", "Ottawa"), qa("c", "Lima")];
  const answers = [
    told("a", "Canberra"),
    told("b", "The capital is Ottawa."),
    told("c", "", { error: { code: "engine_stopped", message: "" }, totalMs: 9999 }),
  ];
  const [all] = summariseAnswers(items, answers, undefined, { seed: 1, threshold: 0.8 });
  expect(all).toMatchObject({ asked: 3, failed: 1, empty: 0, cut: 0 });
  expect(all?.exact).toMatchObject({ hits: 1, of: 3 });
  expect(all?.contained).toMatchObject({ hits: 2, of: 3 });
  expect(all?.f1?.value).toBeCloseTo((1 + 2 / 4 + 0) / 3, 12);
  expect(all?.whole).toEqual({ mean: 200, p50: 200, p95: 200 });
});

test("by language, and what was not asked yet is not counted", () => {
  const items = [qa("a", "Lima"), qa("b", "Lima", "es"), qa("c", "Lima", "es")];
  const answers = [told("a", "Lima"), told("b", "Es Lima.")];
  const found = summariseAnswers(items, answers, undefined, { seed: 1, threshold: 0.8 });
  expect(found.map(({ of, asked }) => [of, asked])).toEqual([
    ["all", 2],
    ["en", 1],
    ["es", 1],
  ]);
  expect(found[2]?.rouge?.signature).toContain("tok:unicode-nfc|lang:es");
});

test("two models are compared question by question", () => {
  const items = ["a", "b", "c", "d"].map((id) => qa(id, "Lima"));
  const first = items.map(({ id }) => told(id, id === "a" ? "Lima" : "Rome"));
  const second = items.map(({ id }) => told(id, id === "a" ? "Rome" : "Lima"));
  const found = compareAnswers(items, first, second, { seed: 1 });
  expect(found).toMatchObject({ gained: 3, lost: 1 });
  expect(found?.p).toBeCloseTo(10 / 16, 12);
  expect(found?.f1?.value).toBeCloseTo(0.5, 12);
});

test("similarity is centred, and told beside that to another question's reference", async () => {
  // All vectors have a large part in common, as embeddings of one model have.
  const vectors: Readonly<Record<string, readonly number[]>> = {
    Lima: [10, 1, 0, 0],
    Rome: [10, 0, 1, 0],
    Cairo: [10, 0, 0, 1],
    "-": [10, 0, 0, 0],
  };
  const engine = {
    embed: async (texts: readonly string[]) => ({
      ...{ promptTokens: 1, vectors: texts.map((text) => vectors[text] ?? []) },
    }),
  };
  const items = [qa("a", "Lima"), qa("b", "Rome"), qa("c", "Cairo")];
  const answers = new Map([
    ["a", told("a", "Lima")],
    ["b", told("b", "Rome")],
    ["c", told("c", "")],
  ]);
  const found = await similar(engine, items, answers, { seed: 1, signal: never });
  expect(found[0]?.plainOther).toBeGreaterThan(0.98);
  expect(found[0]?.centred).toBeCloseTo(1, 9);
  expect(found[0]?.centredOther).toBeLessThan(0);
  expect(found[2]).toEqual({ id: "c", plain: 0, plainOther: 0, centred: 0, centredOther: 0 });
  expect(cosine([0, 0], [1, 1])).toBe(0);
});

test("nobody is compared with the own reference by chance", () => {
  for (let seed = 0; seed < 50; seed++) {
    const others = apart(7, seed);
    expect(others.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const [at, other] of others.entries()) expect(other).not.toBe(at);
  }
});

test("a set of one's own is read, digested and sampled; an unknown name is refused", async () => {
  const bytes = Buffer.from("question,reference\nWhat?,That\nWho?,They\nWhere?,There\n");
  const made = await askOf({ models: [], set: "mine.csv", bytes, sample: 2, seed: 3 }, "0.0.0");
  expect(made.plan).toMatchObject({ of: 3, source: { name: "mine.csv", documents: 2 } });
  expect(made.plan.source.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(made.content.split("\n")).toHaveLength(2);
  await expect(askOf({ models: [], set: "theirs" }, "0.0.0")).rejects.toMatchObject({
    code: "invalid_setting",
  });
});
