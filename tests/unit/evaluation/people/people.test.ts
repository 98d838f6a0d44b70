/** Rating answers blind, by several people, over HTTP: nobody learns whose they are before the vote. */
import { describe, expect, test } from "vitest";
import { only } from "../../../../src/core/engine.ts";
import { scripted } from "../../../../src/engines/scripted.ts";
import { type Browser, serve } from "../../../fixtures/shared-mode.ts";

const LEVELS = [{ name: "Helpful", anchors: ["no", "hardly", "partly", "mostly", "fully"] }];
/** By the system prompt: "long" says more than "short", and both say the same to one question. */
const engines = () =>
  only(
    scripted({
      reply: (messages) => {
        const asked = messages.at(-1)?.content ?? "";
        if (asked.includes("same")) return "The same to all.";
        return messages[0]?.content === "long" ? `A long answer to ${asked}` : `Short: ${asked}`;
      },
    }),
  );
const set = {
  name: "own.csv",
  content: `question\n${Array.from({ length: 6 }, (_, n) => `Question ${n}`).join("\n")}\nsame?\n`,
};
const systems = [
  { label: "Long one", prompt: "long" },
  { label: "Short one", prompt: "short" },
];

async function world() {
  const place = await serve({ engines });
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const begin = async (body: object, open = true) => {
    const { id } = await ana.must("POST", "/api/studies", {
      ...{ name: "Which?", dimensions: [], systems, set, count: 50, maxTokens: 60, open },
      ...body,
    });
    const answered = async () => {
      const { items } = await ana.must("GET", "/api/studies");
      const one = items.find((item: { id: string }) => item.id === id);
      return one.answered === one.questions * one.systems;
    };
    await expect.poll(answered, { timeout: 20_000 }).toBe(true);
    return id as string;
  };
  return { ana, eva, begin };
}

/** Rates all that a rater is shown. @param say gives the rating of the texts that are shown */
async function all(
  who: Browser,
  study: string,
  rater: string,
  say: (answers: string[], nth: number) => object,
) {
  const seen: string[][] = [];
  for (;;) {
    const { task } = await who.must("POST", `/api/studies/${study}/next`, { rater });
    if (!task) return seen;
    expect(JSON.stringify(task)).not.toMatch(/Long one|Short one/);
    const again = await who.must("POST", `/api/studies/${study}/next`, { rater });
    expect(again.task).toEqual(task);
    const body = say(task.answers, seen.length);
    const { labels } = await who.must("POST", `/api/ratings/${task.id}`, body);
    for (const [at, text] of task.answers.entries()) {
      if (text.startsWith("The same")) continue;
      expect(labels[at]).toBe(text.startsWith("A long") ? "Long one" : "Short one");
    }
    seen.push(task.answers);
  }
}

test("a system is asked with its adapter, and one whose engine has none has failed", async () => {
  const { ana, begin } = await world();
  const adapted = { label: "Adapted", adapter: "own-words" };
  const study = await begin({ kind: "pairs", systems: [{ label: "Plain" }, adapted] });
  const results = await ana.must("GET", `/api/studies/${study}/results`);
  expect(results.failed).toEqual([0, 7]);
});

describe("pairs", () => {
  test("are judged by two people, and ranked with how sure that is", async () => {
    const { ana, eva, begin } = await world();
    const study = await begin({ kind: "pairs" });
    const long = (answers: string[]) => ({
      vote: answers[0]?.startsWith("A long") ? "first" : "second",
    });
    const seen = await all(ana, study, "Ana", long);
    expect(seen.length).toBe(6);
    const firsts = new Set(seen.map(([first]) => first?.startsWith("A long")));
    expect(firsts.size).toBe(2);
    await all(eva, study, "Eva", (answers, nth) => (nth === 0 ? { vote: "bad" } : long(answers)));

    const results = await ana.must("GET", `/api/studies/${study}/results`);
    expect(results).toMatchObject({ raters: 2, rated: 12, enough: false, failed: [0, 0] });
    expect(results.pairs).toMatchObject({ votes: 12, ties: 0, bad: 1, identical: 1, needed: 7 });
    expect(results.pairs.share.value).toBeCloseTo(11.5 / 12, 12);
    const { ranked, pseudo } = results.pairs.ranking;
    expect(ranked[0].system).toBe(0);
    expect(ranked[0].rating.value).toBeGreaterThan(ranked[1].rating.value);
    // In one order the long one always won, so there is no maximum without.
    expect(pseudo).toBe(true);
    expect(results.agreement).toHaveLength(1);

    const { rows } = await ana.must("GET", `/api/studies/${study}/export`);
    expect(rows).toHaveLength(12);
    expect(new Set(rows.map(({ rater }: { rater: number }) => rater))).toEqual(new Set([1, 2]));
    expect(JSON.stringify(rows)).not.toMatch(/"Ana"|"Eva"/);
  });

  test("can be judged by two names in one account, each in an order of their own", async () => {
    const { ana, begin } = await world();
    const study = await begin({ kind: "pairs" }, false);
    const orders = [];
    for (const name of ["One", "Two"])
      orders.push(await all(ana, study, name, () => ({ vote: "tie" })));
    expect(orders[0]).not.toEqual(orders[1]);
    expect(orders[0]?.flat().toSorted()).toEqual(orders[1]?.flat().toSorted());
    expect(await ana.must("GET", `/api/studies/${study}/results`)).toMatchObject({
      ...{ raters: 2, pairs: { ties: 12, needed: null, share: { value: 0.5 } } },
    });
  });
});

test("what was rated under a name is given out with it, and goes for good when it is taken back", async () => {
  const { ana, eva, begin } = await world();
  const study = await begin({ kind: "pairs" });
  const tie = () => ({ vote: "tie" });
  for (const name of ["One", "Two"]) await all(ana, study, name, tie);
  await all(eva, study, "One", tie);
  const raters = async () => (await ana.must("GET", `/api/studies/${study}/results`)).raters;
  expect(await raters()).toBe(3);
  // Another's "One" is another.
  expect(await ana.must("DELETE", "/api/ratings?rater=One")).toEqual({ count: 6 });
  expect(await ana.must("DELETE", "/api/ratings?rater=One")).toEqual({ count: 0 });
  expect(await raters()).toBe(2);
  const next = (who: Browser, rater: string) =>
    who.must("POST", `/api/studies/${study}/next`, { rater });
  expect((await next(eva, "One")).done).toBe(6);
  // Whose the answers were is known: they are not asked about again, and nothing says what was said.
  expect(await next(ana, "One")).toMatchObject({ done: 6, task: null });
  expect((await next(ana, "Three")).task).not.toBeNull();
  expect((await ana.call("DELETE", "/api/ratings?rater=")).status).toBe(400);
});

describe("levels", () => {
  test("have a median, a mean with its interval, and agreement, for each dimension alone", async () => {
    const { ana, eva, begin } = await world();
    const study = await begin({ kind: "levels", dimensions: LEVELS });
    const level = ([text = ""]: string[], nth: number) =>
      text.startsWith("A long") ? 5 : 1 + (nth % 2);
    const seen = await all(ana, study, "Ana", (texts, nth) => ({ levels: [level(texts, nth)] }));
    // 14 answers, and a fifth of them twice.
    expect(seen.length).toBe(17);
    await all(eva, study, "Eva", (texts, nth) => ({ levels: [level(texts, nth + 1)] }));
    const results = await ana.must("GET", `/api/studies/${study}/results`);
    expect(results.again.of).toBe(6);
    const [long] = results.levels.filter(({ system }: { system: number }) => system === 0);
    expect(long).toMatchObject({ dimension: 0, ratings: 14, median: 5 });
    expect(long.good.hits).toBeGreaterThan(11);
    const [agreement] = results.agreement;
    expect(agreement.alpha.value).toBeGreaterThan(0.6);
    expect(agreement.alpha.low).toBeLessThanOrEqual(agreement.alpha.value);
    expect(agreement.kappa).toBeGreaterThan(0.6);
  });
});

describe("who may what", () => {
  test("a closed study is there for its owner only, and results never for others", async () => {
    const { eva, begin } = await world();
    const [closed, open] = [await begin({ kind: "pairs" }, false), await begin({ kind: "pairs" })];
    const next = (id: string) => eva.call("POST", `/api/studies/${id}/next`, { rater: "Eva" });
    expect([(await next(closed)).status, (await next(open)).status]).toEqual([404, 200]);
    for (const what of ["results", "export"])
      expect((await eva.call("GET", `/api/studies/${open}/${what}`)).status).toBe(404);
    expect((await eva.call("DELETE", `/api/studies/${open}`)).status).toBe(404);
  });

  test("a rating is the rater's own, answers what was asked, and stays once names are known", async () => {
    const { ana, eva, begin } = await world();
    const study = await begin({ kind: "pairs" });
    const { task } = await ana.must("POST", `/api/studies/${study}/next`, { rater: "Ana" });
    const rate = (who: Browser, body: object) => who.fails("POST", `/api/ratings/${task.id}`, body);
    expect(await rate(eva, { vote: "first" })).toBe("evaluation_rating_not_found");
    expect(await rate(ana, { levels: [1] })).toBe("evaluation_rating_wrong");
    await ana.must("POST", `/api/ratings/${task.id}`, { vote: "first" });
    expect(await rate(ana, { vote: "second" })).toBe("evaluation_rated_already");
  });

  test("a file of questions that cannot be read is refused before anything begins", async () => {
    const { ana } = await world();
    const body = { name: "x", kind: "pairs", dimensions: [], systems, maxTokens: 8 };
    const broken = { name: "own.csv", content: "question,reference\na\n" };
    expect(await ana.fails("POST", "/api/studies", { ...body, set: broken })).toBe(
      "evaluation_set_ragged",
    );
    expect((await ana.must("GET", "/api/studies")).items).toEqual([]);
  });
});

test("thumbs are kept for each person, taken back, and go with the chat", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const { id } = await ana.must("POST", "/api/conversations", {});
  const { answer } = await ana.must("POST", `/api/conversations/${id}/turns`, {
    ...{ content: "hello", parentId: null },
  });
  const path = `/api/thumbs/${answer.id}`;
  const list = async () => (await ana.must("GET", `/api/thumbs?conversation=${id}`)).items;
  await ana.must("PUT", path, { conversation: id, thumb: "up" });
  await ana.must("PUT", path, { conversation: id, thumb: "down" });
  expect(await list()).toMatchObject([{ message: answer.id, thumb: "down" }]);
  await ana.must("PUT", path, { conversation: id, thumb: null });
  expect(await list()).toEqual([]);
});
