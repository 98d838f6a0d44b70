/** What fits into no model is refused by its length, and nothing else is. */
import { expect, test } from "vitest";
import { roomy, roomyIntake } from "../../../src/core/roomy.ts";
import { DEFAULT_SAMPLING, type Delta, type Message, type Turn } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";

const LIMIT = 8192 * 64;
let listed = 0;
const engines = {
  async list() {
    listed += 1;
    return [scripted({ contextWindow: 4096 }).card, scripted({ contextWindow: 8192 }).card];
  },
};
const user = (length: number): Message => ({ role: "user", content: "x".repeat(length) });

async function passes(...messages: Message[]): Promise<boolean> {
  let asked = false;
  const next = (): AsyncIterable<Delta> => {
    asked = true;
    return ReadableStream.from([]);
  };
  const signal = new AbortController().signal;
  const turn: Turn = { messages, sampling: DEFAULT_SAMPLING, origin: "api", signal };
  const refused = await Array.fromAsync(roomy(engines)(turn, next)).catch(({ code }) => code);
  expect(refused).toEqual(asked ? [] : "text_too_long");
  return asked;
}

test("the question, what follows it, and the system's words have a bound by the largest window", async () => {
  expect(await passes(user(LIMIT))).toBe(true);
  expect(await passes(user(LIMIT + 1))).toBe(false);
  expect(await passes({ ...user(LIMIT + 1), role: "system" }, user(1))).toBe(false);
  expect(await passes(user(1), { ...user(LIMIT + 1), toolCallId: "c" })).toBe(false);
  expect(await passes(user(LIMIT + 1), { ...user(5), role: "assistant" }, user(1))).toBe(true);
});

test("a text of a usual length is not asked about", async () => {
  listed = 0;
  expect(await passes(user(100_000))).toBe(true);
  expect(listed).toBe(0);
});

test("a text that is to be stored has the same bound, but for one that was brought along", async () => {
  const whose = { owner: "ana", conversation: "c" };
  const take = (kind: "message" | "import", length: number) =>
    roomyIntake(engines)({ ...whose, kind, text: "x".repeat(length) });
  await expect(take("message", LIMIT + 1)).rejects.toMatchObject({ code: "text_too_long" });
  expect(await take("message", LIMIT)).toHaveLength(LIMIT);
  expect(await take("import", LIMIT + 1)).toHaveLength(LIMIT + 1);
});
