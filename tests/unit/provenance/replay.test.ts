/** An answer computed again: what it is computed from, what is said of it, and who is refused. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Engine, only } from "../../../src/core/engine.ts";
import type { Replayed, ReplayRequest } from "../../../src/core/extras.ts";
import { granting } from "../../../src/core/extras.ts";
import { askEngine, compose, type Step } from "../../../src/core/turn.ts";
import { Sampler } from "../../../src/engines/llama/sampling/sampler.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { commit } from "../../../src/features/provenance/receipts/entry.ts";
import { replay } from "../../../src/features/provenance/replay/open.ts";
import { replayed, replayStep } from "../../../src/features/provenance/replay/replay.ts";
import { settingsOf } from "../../../src/features/provenance/replay/sampler.ts";
import { promptText } from "../../../src/features/provenance/verify/commitment.ts";
import { keyOf } from "./marking.ts";

const places = (count: number, behind: Readonly<Record<number, number>> = {}): Replayed[] =>
  Array.from({ length: count }, (_, at) => ({ text: "a", instead: "b", behind: behind[at] ?? 0 }));

test("the line of a receipt gives the settings that it was written from", () => {
  const positive = fc.integer({ min: 1, max: 1500 }).map((n) => n / 1000);
  const whole = fc.integer({ min: 1, max: 500 });
  const wish = fc.record(
    {
      topK: whole,
      minP: fc.double({ min: 1e-9, max: 1, noNaN: true }),
      presencePenalty: positive.map((n) => n - 2),
      frequencyPenalty: positive,
      repeatPenalty: fc.oneof(
        fc.record({ factor: positive }),
        fc.record({ factor: positive, lastN: whole }),
      ),
    },
    { requiredKeys: [] },
  );
  const draw = fc.option(fc.constant({ id: "wm-1", key: keyOf(1).key, required: true }), {
    nil: undefined,
  });
  fc.assert(
    fc.property(positive, positive, wish, draw, (temperature, topP, extras, draw) => {
      const sampling = { temperature, topP, maxTokens: 9, seed: 1 };
      const { description } = new Sampler({ sampling, ...extras, draw });
      expect(settingsOf(description)).toEqual({ sampling: { temperature, topP }, extras });
    }),
  );
  const greedy = new Sampler({ sampling: { temperature: 0, topP: 1, maxTokens: 9, seed: 1 } });
  expect(settingsOf(greedy.description)).toEqual({
    ...{ sampling: { temperature: 0, topP: 1 }, extras: {} },
  });
});

test("what a line does not hold is not guessed", () => {
  for (const line of ["", "grammar, greedy", "bias of 2, temperature 1, top-p 1", "top-k 3"]) {
    expect(settingsOf(line)).toBeUndefined();
  }
});

const entry = {
  ...{ v: 1, ts: "2026-11-29T00:00:00.000Z", kind: "answer", seed: 7, wmKeyId: "wm-1" },
  sampler: "top-k 5, temperature 0.5, top-p 0.9, drawn by key wm-1",
};
const claim = { entry, text: "yes", prompt: [{ role: "user", content: "Hm?" } as const] };
const { signal } = new AbortController();

function ask(engine: Engine, given: object = {}, keys = [keyOf(2), keyOf(1)]) {
  const engines = granting(only(engine));
  // As the guard does: the question that the model reads is not quite the one that was asked.
  const outer: Step = (turn, next) =>
    next({ ...turn, messages: [{ role: "system", content: "Be kind." }, ...turn.messages] });
  const run = compose([outer, replayStep(engines)], askEngine(engines));
  return replayed(
    { run, keys: async () => keys },
    { model: undefined, ...claim, ...given },
    signal,
  );
}

test("an answer is read with the question, key and settings that it was written with", async () => {
  const asked: ReplayRequest[] = [];
  const engine: Engine = {
    ...scripted({ reply: () => "never written" }),
    grants: ["draw", "topK"],
    async replay(request) {
      asked.push(request);
      return places(3);
    },
  };
  expect(await ask(engine)).toMatchObject({ places: places(3), card: { id: "scripted" } });
  expect(asked).toMatchObject([
    {
      answer: "yes",
      messages: [{ content: "Be kind." }, { content: "Hm?" }],
      sampling: { temperature: 0.5, topP: 0.9, seed: 7 },
      extras: { topK: 5, draw: { key: keyOf(1).key } },
    },
  ]);
});

test("what cannot be computed again is refused with its reason", async () => {
  await expect(ask(scripted())).rejects.toMatchObject({ code: "replay_engine", status: 400 });
  const lacking = { entry: { ...entry, sampler: "grammar, greedy" } };
  await expect(ask(scripted(), lacking)).rejects.toMatchObject({ code: "replay_settings" });
  const unseeded = { entry: { ...entry, seed: null } };
  await expect(ask(scripted(), unseeded)).rejects.toMatchObject({ code: "replay_settings" });
  await expect(ask(scripted(), {}, [keyOf(2)])).rejects.toMatchObject({ code: "replay_key" });
});

test("what comes out of another question, or of the receipt's own text, is not called an edit", async () => {
  const engine: Engine = {
    ...scripted({ reply: () => "never written" }),
    grants: ["topK"],
    replay: async () => places(200, { 70: 9 }),
  };
  const engines = granting(only(engine));
  const run = compose([replayStep(engines)], askEngine(engines));
  const salts = { answer: "ab".repeat(16), prompt: "cd".repeat(16) };
  const committed = (kind: keyof typeof salts, of: string) =>
    commit(Buffer.from(salts[kind], "hex"), kind, of);
  const known = {
    ...{
      ...entry,
      sampler: "top-k 5, temperature 0.5, top-p 0.9, drawn by the seed",
      wmKeyId: null,
    },
    answerC: committed("answer", "written"),
    promptC: committed("prompt", promptText(claim.prompt)),
  };
  const verdict = async (text: string, content: string) => {
    const prompt = [{ role: "user", content } as const];
    const given = { entry: known, salts, text, prompt, model: undefined };
    const told = await replay({ run, policy: {} } as never, given, signal);
    return [told.verdict, told.changed.text, told.changed.prompt];
  };
  expect(await verdict("rewritten", "Hm?")).toEqual(["edited", true, false]);
  expect(await verdict("rewritten", "Who?")).toEqual(["different", true, true]);
  expect(await verdict("written", "Who?")).toEqual(["same", false, true]);
});
