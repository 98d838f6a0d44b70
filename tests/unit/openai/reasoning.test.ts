/** What a model thinks before its answer is told apart from it. */
import { describe, expect, it } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { DEFAULT_SAMPLING, type Delta } from "../../../src/core/types.ts";
import type { Completion } from "../../../src/features/openai/answers.ts";
import { openai } from "../../../src/features/openai/open.ts";
import { testHouse } from "../../fixtures/house.ts";
import { type Saying, toy } from "../../fixtures/toy.ts";
import { serve } from "../core/serve.ts";

const think = (reasoning: string): Saying => ({ type: "text", text: "", reasoning });

async function turn(say: readonly Saying[], changes: object = {}) {
  const { engine } = toy(() => say);
  const house = testHouse({ engines: only(engine) });
  house.open(openai);
  const { run } = house;
  const messages = [{ role: "user", content: "Well?" }] as const;
  const signal = new AbortController().signal;
  const asked = { messages, sampling: DEFAULT_SAMPLING, origin: "api", signal, ...changes };
  const deltas: Delta[] = await Array.fromAsync(run(asked));
  const texts = deltas.flatMap((delta) => (delta.type === "text" ? delta : []));
  return {
    text: texts.map(({ text }) => text).join(""),
    reasoning: texts.map(({ reasoning = "" }) => reasoning).join(""),
  };
}

describe("a thought", () => {
  it("comes as reasoning_content, in a stream and at once", async () => {
    const { engine } = toy(() => [think("They greet "), think("me."), "Hello."]);
    await using served = await serve(only(engine), [openai]);
    const ask = (stream: boolean) => {
      const messages = [{ role: "user", content: "Hi" }];
      const body = JSON.stringify({ model: "toy", messages, stream });
      const headers = { "content-type": "application/json" };
      return fetch(`${served.url}/v1/chat/completions`, { method: "POST", headers, body });
    };
    const { message } = ((await (await ask(false)).json()) as Completion).choices[0] ?? {};
    expect(message).toMatchObject({ content: "Hello.", reasoning_content: "They greet me." });
    const chunks = [...(await (await ask(true)).text()).matchAll(/^data: (\{.*)$/gm)];
    const deltas = chunks.map(([, data = ""]) => JSON.parse(data).choices[0].delta);
    expect(deltas.flatMap((delta) => delta.reasoning_content ?? [])).toEqual([
      "They greet ",
      "me.",
    ]);
    expect(deltas.map((delta) => delta.content ?? "").join("")).toBe("Hello.");
  });

  it("ends at no stop string, and is no part of the text", async () => {
    const said = await turn([think("Stop here? "), think("No."), "Go. Stop. Never"], {
      stop: ["Stop"],
    });
    expect(said).toEqual({ reasoning: "Stop here? No.", text: "Go. " });
  });
});
