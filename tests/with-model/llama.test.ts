/**
 * The embedded engine, the clone's and the product's alike, with the real starter model and with a
 * GPT-2 made on the spot.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, only } from "../../src/core/engine.ts";
import { askEngine } from "../../src/core/turn.ts";
import type { Delta, Finish, Message, Sampling, Start } from "../../src/core/types.ts";
import { END_OF_TEXT, writeGpt2 } from "../fixtures/gpt2.ts";
import { starterModel } from "./model.ts";
import { clone, product } from "./start.ts";

interface Answer {
  start: Start;
  text: string;
  finish: Finish;
}

const never = new AbortController().signal;
const user = (content: string): Message => ({ role: "user", content });

/** Process ids of a process's children. */
function childrenOf(parent: number): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  const rows = stdout.split("\n").filter((row) => /llama.*(worker|main)\.ts/.test(row));
  const ids = rows.map((row) => row.trim().split(/\s+/).map(Number));
  return ids.flatMap(([pid, ppid]) => (ppid === parent && pid ? [pid] : []));
}

async function ask(
  engine: Engine,
  messages: readonly Message[],
  sampling: Partial<Sampling> = {},
  signal = never,
  onDelta: (delta: Delta) => void = () => {},
): Promise<Answer> {
  const answer: Partial<Answer> & { text: string } = { text: "" };
  const turn = {
    messages,
    origin: "test",
    signal,
    sampling: { temperature: 0, topP: 0.9, maxTokens: 40, ...sampling },
  };
  for await (const delta of askEngine(only(engine))(turn)) {
    if (delta.type === "start") answer.start = delta.start;
    if (delta.type === "text") answer.text += delta.text;
    if (delta.type === "finish") answer.finish = delta.finish;
    onDelta(delta);
  }
  return answer as Answer;
}

describe.each([clone, product])("$engine", ({ start }) => {
  describe("the starter model", () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await start(starterModel());
    });
    afterAll(() => engine.close());

    it("says what it is", () => {
      const id = basename(starterModel(), ".gguf");
      expect(engine.card).toMatchObject({ id, quantisation: "Q4_1", contextWindow: 8192 });
    });

    // Asked for a capital, it begins in French or in English by how a processor rounds.
    it("knows how many days a week has", async () => {
      const messages = [
        { role: "system", content: "You are a helpful assistant." } as const,
        user("How many days are in a week?"),
      ];
      const { text, finish } = await ask(engine, messages, { temperature: 0 });
      expect(text).toContain("7 days");
      expect(finish.reason).toBe("stop");
    });

    it("gives the same answer to the same seed, whatever it remembers", async () => {
      const question = [user("Tell me a story about a lighthouse.")];
      const first = await ask(engine, question, { seed: 7, temperature: 1 });
      await ask(engine, [user("Something else entirely.")], { seed: 1 });
      const second = await ask(engine, question, { seed: 7, temperature: 1 });
      const other = await ask(engine, question, { seed: 8, temperature: 1 });
      expect(second.text).toBe(first.text);
      expect(other.text).not.toBe(first.text);
      expect(first.start.seed).toBe(7);
    });

    it("counts a prompt exactly as it is computed", async () => {
      for (const content of ["Hi", "¿Qué tal? 🦉 漢字", "a\n\n\nb  c", "<|im_start|>system"]) {
        const { start, finish } = await ask(engine, [user(content)], { maxTokens: 1, seed: 1 });
        expect(finish.promptTokens).toBe(start.promptTokens);
      }
    });

    it("does not compute again what it still has in memory", async () => {
      const question = user("Name three colours and say something about each of them.");
      const first = await ask(engine, [question]);
      const next = [question, { role: "assistant", content: first.text } as const, user("Why?")];
      const second = await ask(engine, next);
      expect(second.finish.cachedTokens).toBeGreaterThan(first.finish.promptTokens - 2);
    });

    it("stops at the limit, and says so", async () => {
      const { finish } = await ask(engine, [user("Write a long story.")], { maxTokens: 5 });
      expect(finish).toMatchObject({ reason: "length", completionTokens: 5 });
    });

    it("keeps what was written when it is cancelled", async () => {
      const controller = new AbortController();
      const answer = await ask(
        engine,
        [user("Write a long story.")],
        { maxTokens: 2000 },
        controller.signal,
        (delta) => delta.type === "text" && controller.abort(),
      );
      expect(answer.text).not.toBe("");
      expect(answer.finish.reason).toBe("cancelled");
      expect(answer.finish.completionTokens).toBeLessThan(100);
    });

    it("can be cancelled while it still reads the prompt", async () => {
      const controller = new AbortController();
      const long = [user("one two three four ".repeat(1500))];
      const abortAtStart = (delta: Delta) => delta.type === "start" && controller.abort();
      const { text, finish } = await ask(engine, long, {}, controller.signal, abortAtStart);
      expect(text).toBe("");
      expect(finish).toMatchObject({ reason: "cancelled", completionTokens: 0 });
      const after = await ask(engine, [user("Hi")], { maxTokens: 3 });
      expect(after.finish.completionTokens).toBe(3);
    });

    it("answers more at once than it has sequences for", async () => {
      const questions = ["one", "two", "three", "four", "five"].map((word) => [user(word)]);
      const answers = await Promise.all(questions.map((q) => ask(engine, q, { maxTokens: 8 })));
      for (const { finish } of answers) expect(finish.completionTokens).toBeGreaterThan(0);
    });

    it("lets go of one who is cancelled while waiting in line", async () => {
      const story = { maxTokens: 300, seed: 1 };
      const running = ["one", "two"].map((word) => ask(engine, [user(`A story: ${word}`)], story));
      const controller = new AbortController();
      const done: string[] = [];
      const waiting = ask(engine, [user("Three")], {}, controller.signal, (delta) => {
        if (delta.type === "start") setTimeout(() => controller.abort(), 50);
      }).then((answer) => {
        done.push("waiting");
        return answer;
      });
      const others = Promise.all(running).then(() => done.push("running"));
      expect((await waiting).finish).toMatchObject({ reason: "cancelled", completionTokens: 0 });
      await others;
      expect(done).toEqual(["waiting", "running"]);
    });

    it("refuses what no window can hold, with the counts", async () => {
      const question = ask(engine, [user("word ".repeat(9000))]);
      await expect(question).rejects.toMatchObject({
        code: "context_length_exceeded",
        params: { contextWindow: 8192, promptTokens: expect.any(Number) },
      });
    });

    it("never splits a character over two deltas", async () => {
      const texts: string[] = [];
      await ask(
        engine,
        [user("Repeat exactly: 🦉🌍漢字ñáü🦉🌍漢字")],
        { temperature: 0, maxTokens: 60 },
        never,
        (delta) => delta.type === "text" && texts.push(delta.text),
      );
      for (const text of texts) expect(text.isWellFormed()).toBe(true);
      expect(texts.join("").endsWith("\uFFFD")).toBe(false);
    });
  });

  describe("other files", () => {
    const folder = mkdtempSync(join(tmpdir(), "charla-llama-"));
    const path = join(folder, "tiny.gguf");
    afterAll(() => rmSync(folder, { recursive: true }));

    it("loads the architecture of DialoGPT and keeps its format", async () => {
      writeGpt2(path);
      const engine = await start(path);
      try {
        expect(engine.card).toMatchObject({ quantisation: "F32", contextWindow: 256 });
        // "Hi" and "Yo" are two byte tokens each; every message ends with one end-of-text token.
        expect(await engine.countTokens([user("Hi")])).toBe(3);
        const history = [user("Hi"), { role: "assistant", content: "Yo" } as const, user("Hi")];
        expect(await engine.countTokens(history)).toBe(9);
        // As text, the control token is its thirteen characters.
        expect(await engine.countTokens([user(END_OF_TEXT)])).toBe(END_OF_TEXT.length + 1);
        const { finish } = await ask(engine, history, { maxTokens: 12, seed: 3, temperature: 1 });
        expect(finish.completionTokens).toBeGreaterThan(0);
      } finally {
        await engine.close();
      }
    });

    it.each([
      ["a truncated file", (file: string) => truncateSync(file, 20_000)],
      ["a foreign file", (file: string) => writeFileSync(file, "not a model")],
      ["a missing file", (file: string) => rmSync(file)],
    ])("refuses %s with a clear error", async (_name, damage) => {
      const file = join(folder, "damaged.gguf");
      writeGpt2(file);
      damage(file);
      await expect(start(file)).rejects.toMatchObject({
        code: "engine_failed",
        message: expect.stringContaining("damaged"),
      });
    });
  });
});

// What the product does then is in `faults.test.ts`.
describe(clone.engine, () => {
  const { start } = clone;
  describe("a model process that dies", () => {
    it("ends its answers with an error that can be tried again", async () => {
      const engine = await start(starterModel());
      const answer = ask(
        engine,
        [user("Write a long story.")],
        { maxTokens: 2000 },
        never,
        (delta) => {
          if (delta.type === "text") void engine.close();
        },
      );
      await expect(answer).rejects.toMatchObject({ code: "engine_stopped", retryable: true });
      await expect(engine.countTokens([user("Hi")])).rejects.toMatchObject({
        code: "engine_stopped",
      });
    });
  });

  describe("a model process that dies while nobody looks", () => {
    it("ends no server, only the question that meets it", async () => {
      const engine = await start(starterModel());
      const [worker] = childrenOf(process.pid);
      process.kill(worker as number, "SIGKILL");
      // The event loop has not heard of it when the next call is written to a closed pipe.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      await expect(engine.countTokens([user("Hi")])).rejects.toMatchObject({
        code: "engine_stopped",
      });
      await engine.close();
    });
  });

  describe("a model process that hangs", () => {
    it("does not keep one who is cancelled", { timeout: 60_000 }, async () => {
      const engine = await start(starterModel());
      const [worker] = childrenOf(process.pid);
      const controller = new AbortController();
      const story = [user("Write a long story.")];
      const answer = ask(engine, story, { maxTokens: 2000 }, controller.signal, (delta) => {
        if (delta.type !== "text" || controller.signal.aborted) return;
        process.kill(worker as number, "SIGSTOP");
        controller.abort();
      });
      await expect(answer).rejects.toMatchObject({ code: "engine_stopped", retryable: true });
      await engine.close();
    });
  });
});
