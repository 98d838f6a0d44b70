/**
 * One member asks for everything that is cheap to send and dear to serve while another one chats,
 * on the real model in its real process: nobody is stopped, and the chat's answers come.
 */
import { expect, onTestFinished, test, vi } from "vitest";
import { type Asker, inTheNameOf } from "../../src/core/access.ts";
import { CharlaError } from "../../src/core/errors.ts";
import { startEngine } from "../../src/engines/llama/service/index.ts";
import { read } from "../unit/engines/service/engine.ts";
import { starterModel } from "./model.ts";
import { PLAN } from "./plan.ts";

vi.setConfig({ testTimeout: 300_000 });

const asker = (id: string): Asker => ({ id, role: "member", via: "session", credential: id });
/** Answers of the polite one. */
const CHATS = 4;
const TOKENS = 8;

test("a hostile member stops nobody", async () => {
  const engine = await startEngine({
    ...{ id: "starter", name: "Starter", path: starterModel(), sharesCaches: false },
    plan: { ...PLAN, slots: 2 },
    // Little patience: whatever stood still for long would be seen.
    patienceMs: 5000,
  });
  onTestFinished(() => engine.close());
  const left = new AbortController();
  const { signal } = left;
  const blanks = " ".repeat(60_000);
  const english = "The quick brown fox jumps over the lazy dog. ";
  const sampling = { temperature: 0, topP: 1, maxTokens: 200, seed: 1 };
  const ask = (content: string, user: string, maxTokens = TOKENS) =>
    read(
      engine.generate({
        messages: [{ role: "user", content }],
        sampling: { ...sampling, maxTokens },
        ...{ reproducible: false, user, signal: user === "mallory" ? signal : NEVER },
      }),
    );
  const attacks: (() => Promise<unknown> | undefined)[] = [
    () => engine.tokenize?.(english.repeat(20_000), signal),
    () => engine.detokenize?.(new Array(200_000).fill(504), signal),
    () => engine.countTokens([{ role: "user", content: english.repeat(1400) }]),
    () => engine.countTokens([{ role: "user", content: blanks }]),
    () => engine.countTokens(many(2000)),
    () => engine.countTokens([{ role: "user", content: "x".repeat(9_000_000) }]),
    () => engine.score?.(english.repeat(300), { signal }),
    () => engine.embed?.(new Array(60).fill(english.repeat(10)), signal),
    () => ask(blanks, "mallory"),
    () => ask("Write a very long story about a ship.", "mallory", 200),
  ];
  let attacked = 0;
  const hostile = attacks.map((attack) =>
    inTheNameOf(asker("mallory"), async () => {
      while (!signal.aborted) {
        await attack()?.catch((thrown) => {
          // To be refused is right; to be the end of the process is not.
          expect(CharlaError.from(thrown).code).not.toMatch(/^(request_stops_|)engine/);
        });
        attacked += 1;
        await new Promise(setImmediate);
      }
    }),
  );
  await inTheNameOf(asker("polite"), async () => {
    for (let chat = 0; chat < CHATS; chat++) {
      const content = `What is ${chat} plus one?`;
      expect(await engine.countTokens([{ role: "user", content }])).toBeGreaterThan(10);
      const { error, ending } = await ask(content, "polite");
      expect(error).toBeUndefined();
      expect(ending?.completionTokens).toBeGreaterThan(0);
    }
  });
  left.abort();
  await Promise.all(hostile);
  expect(attacked).toBeGreaterThan(attacks.length);
  expect(engine.load?.()).toMatchObject({ busy: 0, queued: 0, counters: { restarts: 0 } });
});

const NEVER = new AbortController().signal;

const many = (count: number) =>
  Array.from({ length: count }, (_, at) => {
    return { role: at % 2 === 0 ? "user" : "assistant", content: "hi" } as const;
  });
