/** What a model thinks before its answer is guarded like the answer. */
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { DEFAULT_SAMPLING, type Delta, type Text } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { guard } from "../../../src/features/guard/open.ts";
import { testHouse } from "../../fixtures/house.ts";

const SECRET = "The vault in Lugo opens with tangerine-Basalt-4471 and with nothing else.";

/** What is told of thoughts, and of the answer after them. */
async function told(thoughts: readonly string[]) {
  const engine = {
    ...scripted(),
    async *generate() {
      for (const reasoning of thoughts) yield { type: "text", text: "", reasoning } satisfies Text;
      yield "Hello.";
      yield { reason: "stop", promptTokens: 1, cachedTokens: 0, completionTokens: 1 } as const;
    },
  };
  const house = testHouse({
    engines: only(engine),
    policy: { guard: { system_prompt: SECRET } },
  });
  house.open(guard);
  const messages = [{ role: "user", content: "Well?" }] as const;
  const { signal } = new AbortController();
  const turn = { messages, sampling: DEFAULT_SAMPLING, origin: "api", signal };
  const deltas: Delta[] = await Array.fromAsync(house.run(turn));
  const texts = deltas.flatMap((delta) => (delta.type === "text" ? delta : []));
  return {
    text: texts.map(({ text }) => text).join(""),
    reasoning: texts.map(({ reasoning = "" }) => reasoning).join(""),
  };
}

test("a thought gives away nothing that is confidential", async () => {
  const harmless = await told(["They greet me. "]);
  expect(harmless).toEqual({ reasoning: "They greet me. ", text: "Hello." });
  const leaking = await told(SECRET.match(/.{1,5}/g) ?? []);
  expect(leaking.reasoning).not.toContain("tangerine-Basalt");
  expect(leaking.text).toBe("Hello.");
});
