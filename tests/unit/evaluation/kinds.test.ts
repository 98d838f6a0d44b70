/** Robustness and judges as runs, over HTTP: what is asked, what is kept, and what is made of it. */
import { expect, test } from "vitest";
import { type Script, scripted } from "../../../src/engines/scripted.ts";
import { type Browser, serve } from "../../fixtures/shared-mode.ts";
import { several } from "./toy.ts";

type Reply = NonNullable<Script["reply"]>;

async function world(replies: Readonly<Record<string, Reply>>) {
  const engines = () =>
    several(Object.entries(replies).map(([id, reply]) => scripted({ id, name: id, reply })));
  const place = await serve({ engines });
  const ana = await place.administrator();
  return { place, ana };
}

async function measured(who: Browser, body: object) {
  const { id } = await who.must("POST", "/api/evaluations", body);
  const read = () => who.must("GET", `/api/evaluations/${id}`);
  await expect.poll(async () => (await read()).state, { timeout: 20_000 }).toBe("done");
  const shown = await who.must("GET", `/api/evaluations/${id}/shown?language=en`);
  return { id: id as string, report: await read(), shown };
}

const lastOf: (messages: Parameters<Reply>[0]) => string = (messages) =>
  messages.at(-1)?.content ?? "";

test("a model that heeds every letter loses what one that does not keeps", async () => {
  const { ana } = await world({
    strict: (messages) =>
      lastOf(messages) === "Which city is the capital of Canada?" ? "Ottawa." : "No idea.",
    steady: () => "It is Ottawa.",
  });
  const file = [
    { question: "Which city is the capital of Canada?", answer: "Ottawa" },
    { question: "Which city is the capital of Peru?", answer: "Lima" },
    { question: "Tell me something.", kind: "chat" },
  ];
  const set = { name: "two.jsonl", content: file.map((one) => JSON.stringify(one)).join("\n") };
  const body = { kind: "robust", models: ["strict", "steady"], set, language: "en" };
  const { report, shown } = await measured(ana, body);
  expect(report.plan.source.documents).toBe(2);
  const [strict, steady] = report.models;
  expect(strict.robust[0]).toMatchObject({
    ...{ clean: { hits: 1, of: 2 }, robust: { hits: 0, of: 2 }, attacked: { hits: 1, of: 1 } },
  });
  expect(steady.robust[0]).toMatchObject({
    robust: { hits: 1, of: 2 },
    attacked: { hits: 0, of: 1 },
  });
  expect(steady.change).toEqual({ gained: 1, lost: 0, p: 1 });
  // Each question as it is and in a copy by each recipe that changes it.
  const copies = strict.robust[0].recipes.reduce(
    (sum: number, one: { right: { of: number } }) => sum + one.right.of,
    0,
  );
  expect(strict.robust[0].queries).toBe(2 + copies);
  expect(copies).toBeGreaterThan(5);
  expect(shown.tables[0].rows[0]).toContain("100.0 % [20.7, 100.0]");
  expect(shown.notes.join()).toContain("1 gained, 0 lost");
});

test("a set without a right answer is refused", async () => {
  const { ana } = await world({ one: () => "" });
  const set = { name: "chat.csv", content: "question\nTell me something.\n" };
  const body = { kind: "robust", models: ["one"], set, language: "en" };
  expect(await ana.fails("POST", "/api/evaluations", body)).toBe("evaluation_set_none_right");
});

/** Both answers as the judge reads them. */
const fenced = (messages: Parameters<Reply>[0]) =>
  [...lastOf(messages).matchAll(/<<<Answer [AB]\n(.*?)\n>>>/gs)].map(([, text = ""]) => text);
const judges = {
  order: () => "[[A]]",
  length: (messages) => {
    const [a = "", b = ""] = fenced(messages);
    return a.length > b.length ? "A says more. [[A]]" : "[[B]]";
  },
  mute: () => "I would rather not say.",
} satisfies Record<string, Reply>;

test("a judge of answers is asked in both orders, and who judges the order is told so", async () => {
  const { ana } = await world({
    long: (messages) => `A long answer to ${lastOf(messages)}`,
    short: (messages) => (lastOf(messages) === "same?" ? "A long answer to same?" : "Short."),
    ...judges,
  });
  const set = { name: "some.csv", content: "question\none?\ntwo?\nthree?\nsame?\n" };
  const asked = await measured(ana, {
    kind: "ask",
    models: ["long", "short"],
    set,
    language: "en",
  });
  const { report, shown } = await measured(ana, {
    ...{ kind: "judge", what: "run", id: asked.id, models: ["order", "length", "mute"] },
    rubric: { text: "Longer is better." },
  });
  expect(report.plan).toMatchObject({ systems: ["long", "short"], identical: 1 });
  const [order, length, mute] = report.models.map((one: { judge: object }) => one.judge);
  expect(order).toMatchObject({ judged: 3, share: { value: 0.5 }, consistent: { hits: 0, of: 3 } });
  expect(length).toMatchObject({ share: { value: 1 }, consistent: { hits: 3 }, people: null });
  expect(mute).toMatchObject({ share: { value: 0.5 }, unread: { hits: 3, of: 3 } });
  const notes = shown.notes.join("\n");
  expect(notes).toContain("order says the same in both orders in less than two of three pairs");
  expect(notes).not.toContain("length says the same in both");
  expect(notes).toContain("Longer is better.");
  const again = { kind: "judge", what: "run", id: asked.id, models: ["length"] };
  const fails = (more: object) =>
    ana.fails("POST", "/api/evaluations", { ...again, rubric: "safety", ...more });
  expect(await fails({ places: [0, 7] })).toBe("evaluation_nothing_to_judge");
  expect(await fails({ id: "no-such" })).toBe("evaluation_not_found");
});

test("a judge of a study is held against what people said there, and only by its owner", async () => {
  const { ana, place } = await world({
    model: (messages) =>
      messages[0]?.content === "long" ? `A long answer to ${lastOf(messages)}` : "Short.",
    ...judges,
  });
  const eva = await place.join(ana, "eva@example.org");
  const set = { name: "own.csv", content: "question\none?\ntwo?\nthree?\n" };
  const systems = ["long", "short"].map((one) => ({ label: one, prompt: one, model: "model" }));
  const common = { kind: "pairs", dimensions: [], set, count: 50, maxTokens: 60, open: true };
  const { id } = await ana.must("POST", "/api/studies", { name: "Which?", systems, ...common });
  const next = () => ana.must("POST", `/api/studies/${id}/next`, { rater: "Ana" });
  await expect.poll(async () => (await next()).ready, { timeout: 20_000 }).toBe(true);
  for (let task = (await next()).task; task; task = (await next()).task) {
    const vote = task.answers[0].startsWith("A long") ? "first" : "second";
    // One of them otherwise, so that there is something to agree about.
    const about = JSON.stringify(task.messages).includes("two?") ? "tie" : vote;
    await ana.must("POST", `/api/ratings/${task.id}`, { vote: about });
  }
  const body = { kind: "judge", what: "study", id, models: ["length"], rubric: "helpfulness" };
  const { report, shown } = await measured(ana, body);
  expect(report.models[0].judge).toMatchObject({ share: { value: 1 }, people: { of: 3 } });
  expect(shown.tables[0].rows[0].at(-1)).toMatch(/\(3\)$/);
  expect(await eva.fails("POST", "/api/evaluations", body)).toBe("evaluation_study_not_found");
});
