/**
 * A turn costs what is new in it, from the second to the hundredth, also where others have used the
 * slots meanwhile. Judged by the tokens that were computed, not by the clock.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { only } from "../../src/core/engine.ts";
import { askEngine } from "../../src/core/turn.ts";
import type { Message } from "../../src/core/types.ts";
import { writeGpt2 } from "../fixtures/gpt2.ts";
import { product } from "./start.ts";

vi.setConfig({ testTimeout: 180_000 });

/** The engine is the real one; a hundred turns of the starter model would take minutes. */
const folder = mkdtempSync(join(tmpdir(), "charla-turns-"));
const path = join(folder, "tiny.gguf");
writeGpt2(path, 1, { context: 1024 });
afterAll(() => rmSync(folder, { recursive: true }));

const CONTEXT = 1024;
const ANSWER = 4;
const SYSTEM: Message = { role: "system", content: "Answer in a word or two. ".repeat(6) };
/** A question and an answer, about a token for each character. */
const NEW = 48;

/** One conversation that grows by its own answers. */
function chat(run: ReturnType<typeof askEngine>, name: string) {
  const messages: Message[] = [SYSTEM];
  let [text, droppedBefore] = ["", 0];
  return async (turn: number) => {
    if (turn > 1) messages.push({ role: "assistant", content: text });
    messages.push({ role: "user", content: `${name}, question ${turn}: what is next?` });
    text = "";
    const sampling = { temperature: 0, topP: 1, maxTokens: ANSWER };
    const { signal } = new AbortController();
    let [dropped, computed, prompt] = [0, 0, 0];
    for await (const delta of run({ messages: [...messages], sampling, origin: "test", signal })) {
      if (delta.type === "start") dropped = delta.start.droppedMessages;
      else if (delta.type === "text") text += delta.text;
      else if (delta.type === "finish") {
        prompt = delta.finish.promptTokens;
        computed = prompt - delta.finish.cachedTokens;
      }
    }
    const moved = dropped !== droppedBefore;
    droppedBefore = dropped;
    return { computed, prompt, moved };
  };
}

it("of a hundred turns in one chat", async () => {
  const engine = await product.start(path, {
    plan: { slots: 1, contextTokens: CONTEXT },
  });
  try {
    const say = chat(askEngine(only(engine)), "Ada");
    let moves = 0;
    await say(1);
    for (let turn = 2; turn <= 100; turn++) {
      const { computed, prompt, moved } = await say(turn);
      if (moved) moves += 1;
      // Where the window has moved, everything behind the system prompt is another text.
      expect(computed, `turn ${turn}`).toBeLessThan(moved ? prompt : NEW);
    }
    // It moves by quarters: each of these brings some eight turns without another.
    expect(moves).toBeGreaterThan(2);
    expect(moves).toBeLessThan(100 / 6);
  } finally {
    await engine.close();
  }
});

it("of six users on two slots, whose states wait in memory", async () => {
  const engine = await product.start(path, {
    plan: { slots: 2, contextTokens: CONTEXT },
  });
  try {
    const run = askEngine(only(engine));
    const chats = ["Ada", "Bo", "Cy", "Dee", "Eve", "Flo"].map((name) => chat(run, name));
    for (let turn = 1; turn <= 5; turn++) {
      for (const [at, say] of chats.entries()) {
        const { computed } = await say(turn);
        if (turn > 1) expect(computed, `turn ${turn} of chat ${at}`).toBeLessThan(NEW);
      }
    }
  } finally {
    await engine.close();
  }
});
