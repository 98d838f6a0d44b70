/** Evaluations over HTTP: begun, stopped, gone on with, shown in words and pictures, and as one table. */
import { expect, test } from "vitest";
import { serve } from "../../fixtures/shared-mode.ts";
import { several, toy } from "./toy.ts";

const TEXT = "The quick brown fox jumps over the lazy dog, again and again. ".repeat(4);
const text = { name: "fox.txt", content: TEXT };

const once = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });

async function world() {
  const place = await serve({
    engines: () => several([toy({ id: "easy" }), toy({ id: "hard", nats: () => 3 })]),
  });
  const ana = await place.administrator();
  const begin = async (body: object) =>
    (await ana.must("POST", "/api/evaluations", { models: ["easy", "hard"], ...body })).id;
  const state = async (id: string) => (await ana.must("GET", `/api/evaluations/${id}`)).state;
  const ended = (id: string, wanted = "done") =>
    expect.poll(() => state(id), { timeout: 20_000 }).toBe(wanted);
  return { place, ana, begin, ended };
}

test("a run is shown in the reader's language, with its picture, and several as one table", async () => {
  const { ana, begin, ended } = await world();
  const first = await begin({ kind: "perplexity", text, context: 32, language: "en" });
  await ended(first);
  const shown = await ana.must("GET", `/api/evaluations/${first}/shown?language=es`);
  expect(shown.tables[0].head).toContain("PERPLEJIDAD");
  expect(shown.tables[0].rows[1]).toContain("hard");
  expect(shown.tables[0].rows[1].join()).toContain(`20,0855 [20,0855, 20,0855]`);
  expect(shown.pictures).toMatchObject([{ name: "perplexity-all.svg", title: "Perplejidad" }]);
  expect(shown.pictures[0].says).toContain("hard: 20,09 [20,09, 20,09]");
  expect(shown.notes.join()).toContain("fox.txt");

  const second = await begin({ kind: "perplexity", text, context: 64, windows: 2, language: "en" });
  await ended(second);
  const other = { name: "other.txt", content: `Another text. ${TEXT}` };
  const third = await begin({ kind: "perplexity", text: other, context: 64, language: "en" });
  await ended(third);
  const table = (runs: string) =>
    ana.must("GET", `/api/evaluations/table?runs=${runs}&language=en`);
  const several = await table(`${first},${third}`);
  expect(several.tables[0].rows).toHaveLength(2);
  expect(several.notes.join()).toContain(
    "differ in more than one thing (text or questions, protocol)",
  );
  // Windows and their size are one thing: the protocol.
  expect((await table(`${first},${second}`)).notes.join()).not.toContain("more than one thing");
  const file = await ana.call("GET", `/api/evaluations/table/file?runs=${first}&format=csv`);
  expect(file.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(file.body).toMatch(/^Model,.*\r\neasy,/);
});

test("a run is stopped with what it has, and goes on; another's is not there", async () => {
  let windows = 0;
  const place = await serve({
    engines: () => {
      const engine = toy({ id: "easy" });
      const scoreTokens: typeof engine.scoreTokens = async (tokens, how) => {
        windows += 1;
        // The third takes for ever, until it is stopped.
        if (windows === 3) await once(how.signal);
        return engine.scoreTokens?.(tokens, how) ?? [];
      };
      return several([{ ...engine, scoreTokens }]);
    },
  });
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const body = { kind: "perplexity", models: ["easy"], text, context: 32, language: "en" };
  const { id } = await ana.must("POST", "/api/evaluations", body);
  await expect.poll(() => windows, { timeout: 20_000 }).toBe(3);
  expect((await eva.call("POST", `/api/evaluations/${id}/cancel`)).status).toBe(404);
  await ana.must("POST", `/api/evaluations/${id}/cancel`);
  const cut = await ana.must("GET", `/api/evaluations/${id}`);
  expect(cut).toMatchObject({ state: "cut", done: 2, total: 7 });
  const shown = await ana.must("GET", `/api/evaluations/${id}/shown`);
  expect(shown.notes[0]).toContain("2 of 7");
  await ana.must("POST", `/api/evaluations/${id}/resume`);
  expect((await ana.must("GET", `/api/evaluations/${id}`)).state).not.toBe("cut");
  await expect
    .poll(async () => (await ana.must("GET", `/api/evaluations/${id}`)).state, { timeout: 20_000 })
    .toBe("done");
});

test("a text of more than a megabyte is taken, as WikiText's is", async () => {
  const { begin, ended } = await world();
  const long = { name: "long.txt", content: TEXT.repeat(5000) };
  expect(long.content.length).toBeGreaterThan(2 ** 20);
  const how = { models: ["easy"], context: 64, windows: 1, language: "en" };
  await ended(await begin({ kind: "perplexity", text: long, ...how }));
});

test("what no text, set or kind is, is refused by name", async () => {
  const { ana } = await world();
  const refused = async (body: object) => {
    const sent = await ana.call("POST", "/api/evaluations", { models: ["easy"], ...body });
    return [sent.status, sent.body.error.code];
  };
  expect(await refused({ kind: "perplexity", text: "no-such" })).toEqual([400, "invalid_setting"]);
  expect(await refused({ kind: "ask", set: "no-such" })).toEqual([400, "invalid_setting"]);
  expect((await refused({ kind: "no-such" }))[0]).toBe(400);
});
