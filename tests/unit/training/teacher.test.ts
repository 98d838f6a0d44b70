/** Texts that a teacher writes: what is kept of them, what is left out, and how it goes on where it was. */
import { expect, test } from "vitest";
import { type Engine, type Engines, only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import type { Message } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { prepare } from "../../../src/features/training/data/prepare.ts";
import { migrations } from "../../../src/features/training/tables.ts";
import { declines } from "../../../src/features/training/teacher/ask.ts";
import { beginWriting, type WriteWish } from "../../../src/features/training/teacher/begin.ts";
import { tallyOf } from "../../../src/features/training/teacher/plan.ts";
import { fileOf } from "../../../src/features/training/teacher/rows.ts";
import { type Written, WrittenStore } from "../../../src/features/training/teacher/store.ts";
import { isAsked, listed } from "../../../src/features/training/teacher/synthetic.ts";
import { write } from "../../../src/features/training/teacher/write.ts";
import { lookTold } from "../../../src/features/training/told.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { sealing } from "../../fixtures/vault.ts";

const never = new AbortController().signal;
const asked = (messages: readonly Message[]) => messages.at(-1)?.content ?? "";
const numberIn = (text: string) => Number(text.match(/\d+/)?.[0]);

async function place() {
  const { db, vault } = sealing(
    await freshDatabase([vaultTables, { name: "training", migrations }]),
  );
  const store = new WrittenStore(db, vault);
  const where = { owner: "ana", intake: async ({ text }: { text: string }) => text, version: "1" };
  const begin = (wish: Omit<WriteWish, "teacher">) =>
    beginWriting(store, { teacher: "big", ...wish }, where);
  return { db, store, begin };
}

const questions = (count: number, text = (n: number) => `What comes after ${n}?`) => ({
  name: "questions.csv",
  text: `question\n${Array.from({ length: count }, (_, n) => text(n)).join("\n")}\n`,
});

/** No model is a file here, as with another server's. */
const desk = (engines: Engines) => ({
  ...{ engines, waitsMs: [1, 1] },
  tools: { find: async () => null, inspect: () => Promise.reject(new Error("not to be used")) },
});
const replying = (reply: (question: string) => string) =>
  only(scripted({ id: "big", reply: (messages) => reply(asked(messages)) }));

async function done(store: WrittenStore, engines: Engines, set: Written, signal = never) {
  const steps: (readonly [number, number])[] = [];
  const progress = (now: number, of: number) => void steps.push([now, of]);
  const turn = async () => signal.throwIfAborted();
  await write(store, desk(engines), set, { signal, progress, turn });
  return steps;
}

test("a teacher answers each question once, and what is learned from it names the teacher", async () => {
  const { db, store, begin } = await place();
  const set = await begin({ files: [questions(12), questions(12)] });
  const steps = await done(
    store,
    replying((question) => `${numberIn(question) + 1} it is.`),
    set,
  );
  expect(steps.at(-1)).toEqual([12, 12]);
  const after = await store.one("ana", set.id);
  expect(after).toMatchObject({ state: "done", questions: 12, answers: 12, faults: 0 });
  const text = fileOf(after.plan, await store.items(set));
  const { look, ...data } = await prepare([{ name: "taught.jsonl", text }]);
  expect(look).toMatchObject({ found: 12, teachers: [{ teacher: { model: "big" }, texts: 12 }] });
  expect(lookTold(look, "en")).toContain("12 answers were written by a teacher: big.");
  expect(lookTold(look, "en")).toContain("up to its licence: not stated");
  expect(lookTold(look, "es")).toContain("12 respuestas las escribió un maestro: big.");
  const [first] = data.train;
  expect(asked(first?.messages ?? [])).toMatch(/^\d+ it is\.$/);
  // A question stays in its part whatever is answered to it, but the data is another.
  const other = await prepare([{ name: "a.jsonl", text: text.replaceAll("it is", "is it") }]);
  expect(other.test.map(({ id }) => id)).toEqual(data.test.map(({ id }) => id));
  expect(other.look.digest).not.toBe(look.digest);
  // Nothing of it lies in the clear, and the same wish is not done twice.
  const rows = await db.selectFrom("training_question").selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain("comes after");
  expect((await begin({ files: [questions(12)] })).id).toBe(set.id);
  expect((await begin({ files: [questions(13)] })).id).not.toBe(set.id);
});

test("answers that are none to learn from are left out, each by its reason", async () => {
  const { store, begin } = await place();
  const set = await begin({ files: [questions(30)], maxTokens: 16 });
  const answers = [
    ...["", "I'm sorry, but I can't help with that.", "Lo siento, no puedo ayudarte con eso."],
    ...["The same to everybody who asks.", "the  SAME to everybody who asks.", "Yes.", "Yes."],
    "word ".repeat(40),
  ];
  const engines = replying((question) => {
    const n = numberIn(question);
    if (n === 20)
      throw new CharlaError("remote_refused", { status: 400, message: "No.", hint: "-" });
    return answers[n] ?? `Own answer of ${n}.`;
  });
  await done(store, engines, set);
  expect(tallyOf(await store.items(set))).toEqual({
    ...{ questions: 30, answers: 24 },
    faults: { empty: 1, cut: 1, repeated: 1, declined: 2, tooLong: 0, failed: 1 },
  });
  expect(await store.one("ana", set.id)).toMatchObject({ answers: 24, faults: 6 });
  expect(
    fileOf(set.plan, await store.items(set))
      .trim()
      .split("\n"),
  ).toHaveLength(24);
});

test("a teacher that is of no use is not asked to the end", async () => {
  const { store, begin } = await place();
  const set = await begin({ files: [questions(60)] });
  let times = 0;
  const engines = replying(() => {
    times += 1;
    return "";
  });
  await expect(done(store, engines, set)).rejects.toMatchObject({
    code: "training_teacher_useless",
  });
  expect(times).toBe(25);
  const after = await store.one("ana", set.id);
  expect(after).toMatchObject({ state: "failed", error: { code: "training_teacher_useless" } });
});

test("what fails half-way or is stopped keeps what was written, and goes on from there", async () => {
  const { store, begin } = await place();
  const set = await begin({ files: [questions(20)] });
  const heard: number[] = [];
  const says = (fails: (n: number) => void) =>
    replying((question) => {
      const n = numberIn(question);
      fails(n);
      heard.push(n);
      return `Answer ${n} of its own.`;
    });
  const down = new CharlaError("remote_unreachable", { status: 502, message: "Gone.", hint: "-" });
  const failing = says((n) => {
    if (n === 7) throw down;
  });
  await expect(done(store, failing, set)).rejects.toBe(down);
  expect(await store.one("ana", set.id)).toMatchObject({
    ...{ state: "failed", answers: 7, error: { code: "remote_unreachable" } },
  });
  const stopping = new AbortController();
  const stopped = says((n) => {
    if (n === 12) stopping.abort(new Error("enough"));
  });
  await expect(done(store, stopped, set, stopping.signal)).rejects.toThrow("enough");
  expect(await store.one("ana", set.id)).toMatchObject({ state: "cut", answers: 12, error: null });
  // One that is only busy is asked again.
  let busy = 2;
  const patient = says(() => {
    if (busy-- > 0)
      throw new CharlaError("engine_busy", { status: 503, message: "Later.", hint: "-" });
  });
  await done(store, patient, set);
  expect(await store.one("ana", set.id)).toMatchObject({ state: "done", answers: 20 });
  const once = heard.filter((n) => n !== 12);
  expect(once).toEqual(Array.from({ length: 20 }, (_, n) => n).filter((n) => n !== 12));
});

test("the texts of another file than at first are not told as the same teacher's", async () => {
  const { store, begin } = await place();
  const set = await begin({ files: [questions(10)] });
  const engine = (digest: string): Engine => {
    const made = scripted({ id: "big", reply: (said) => `Answer to ${asked(said)}` });
    return { ...made, card: { ...made.card, digest } };
  };
  await done(store, only(engine("one")), set);
  const now = await store.one("ana", set.id);
  expect(now.plan.teacher).toEqual({ model: "big", digest: "one", licence: null });
  await expect(done(store, only(engine("two")), now)).rejects.toMatchObject({
    code: "training_teacher_changed",
  });
});

test("questions are bounded, masked, and taken up to the last one of a chat", async () => {
  const { store, begin } = await place();
  const few = begin({ files: [questions(9)] });
  await expect(few).rejects.toMatchObject({ code: "training_questions_few", params: { found: 9 } });
  const many = begin({ files: [questions(5001)] });
  await expect(many).rejects.toMatchObject({ code: "training_questions_many" });
  const chats = Array.from({ length: 10 }, (_, n) =>
    JSON.stringify({
      messages: [
        ...[`First ${n}?`, "Said before.", "And then?", "What is left."].map((content, at) => ({
          ...{ role: at % 2 === 0 ? "user" : "assistant", content },
        })),
      ],
    }),
  );
  const set = await begin({ files: [{ name: "a.jsonl", text: chats.join("\n") }] });
  const [first] = await store.items(set);
  expect(first?.messages).toEqual([
    { role: "user", content: "First 0?" },
    { role: "assistant", content: "Said before.", weight: 0 },
    { role: "user", content: "And then?" },
  ]);
});

test("who erases a chat takes its question along, also while it is answered", async () => {
  const { db, store, begin } = await place();
  const ids = Array.from(
    { length: 12 },
    (_, n) => `${String(n).padStart(8, "0")}-0000-4000-8000-000000000000`,
  );
  const rows = ids.map((id, n) =>
    JSON.stringify({ id, messages: [{ role: "user", content: `Of chat ${n}?` }] }),
  );
  const set = await begin({ files: [{ name: "a.jsonl", text: rows.join("\n") }] });
  const engines = replying((question) => `Answer to ${question}`);
  const steps: number[] = [];
  await write(store, desk(engines), set, {
    ...{ signal: never, turn: async () => {} },
    progress: (now) => void steps.push(now),
  });
  await store.forget([ids[3] ?? "", ids[5] ?? ""]);
  expect(await store.one("ana", set.id)).toMatchObject({ questions: 10, answers: 10 });
  const gone = { place: 3, messages: [], answer: "Of an erased chat." };
  await store.put(set, gone);
  expect(JSON.stringify(await store.items(set))).not.toContain("erased");
  expect((await db.selectFrom("training_question").selectAll().execute()).length).toBe(10);
  await store.give("ana", "bea");
  expect((await store.items({ id: set.id, owner: "bea" })).length).toBe(10);
  expect(await store.list("ana")).toEqual([]);
});

test("chats are made up from a description, each question once, and are told as synthetic", async () => {
  const { store, begin } = await place();
  const synthetic = { about: "Bees and hives", language: "en", tone: "short", number: 14 } as const;
  const set = await begin({ synthetic });
  let round = 0;
  const frames: string[] = [];
  const engines = only(
    scripted({
      id: "big",
      reply(messages) {
        const last = asked(messages);
        if (!last.startsWith("Write ")) {
          frames.push(messages[0]?.role === "system" ? messages[0].content : "");
          return `A bee answers ${last}`;
        }
        round += 1;
        const lines = Array.from(
          { length: 8 },
          (_, n) =>
            `${n + 1}. What does bee ${(round - 1) * 6 + n} carry home at noon, hive ${(round - 1) * 6 + n}?`,
        );
        return ["Here are some:", ...lines, "Good luck!"].join("\n");
      },
    }),
  );
  const steps = await done(store, engines, set);
  expect(steps.at(-1)).toEqual([28, 28]);
  const items = await store.items(set);
  expect(items).toHaveLength(14);
  expect(new Set(items.map(({ messages }) => asked(messages))).size).toBe(14);
  // The teacher is told what it is about; the student learns to answer without.
  expect(frames.every((one) => one.includes("Bees and hives") && one.includes("short"))).toBe(true);
  expect(items.every(({ messages }) => messages.length === 1)).toBe(true);
  const { plan } = await store.one("ana", set.id);
  const { look } = await prepare([{ name: "made.jsonl", text: fileOf(plan, items) }]);
  expect(look.teachers).toMatchObject([{ synthetic: { about: "Bees and hives" }, texts: 14 }]);
  expect(lookTold(look, "en")).toContain("14 texts are synthetic, questions and answers: big made");
  expect(lookTold(look, "en")).toContain("Bees and hives (short)");
});

test("a teacher that thinks of nothing new is not asked for ever", async () => {
  const { store, begin } = await place();
  const set = await begin({ synthetic: { about: "Bees", language: "es", tone: "", number: 20 } });
  let rounds = 0;
  const engines = replying(() => {
    rounds += 1;
    return "1. ¿Qué es una abeja?\n2. ¿Qué es una abeja?\nNada más.";
  });
  await expect(done(store, engines, set)).rejects.toMatchObject({ code: "training_questions_few" });
  expect(rounds).toBe(5);
});

test("lists are read line by line, and what is asked in the same words is the same", () => {
  const list =
    '1) "What is a hive?"\n2. **Who is the queen?**\n- Why do bees dance?\nSure!\n3. Eh?';
  expect(listed(list)).toEqual(["What is a hive?", "Who is the queen?", "Why do bees dance?"]);
  expect(isAsked("What is a hive?", ["what is, a HIVE"])).toBe(true);
  expect(isAsked("What is a hive?", ["What is a queen for?"])).toBe(false);
});

test.each([
  ["I'm sorry, but I can't assist with that request.", true],
  ["I cannot help with this.", true],
  ["Lo siento, pero no puedo ayudarte con eso.", true],
  ["As an AI language model, I am not able to do that.", true],
  ["Como modelo de lenguaje, no puedo opinar.", true],
  ["I can't recommend the north road in winter.", false],
  ["Sorry for the late answer: the library opens at nine.", false],
  ["You cannot park there after nine.", false],
  ["No puede ser: dos y dos son cuatro.", false],
  ["Lo siento mucho por tu pérdida.", false],
])("%s", (answer, is) => {
  expect(declines(answer)).toBe(is);
});
