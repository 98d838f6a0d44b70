/** What leaves the model process at once, and what may wait for company. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Outbox } from "../../../src/engines/llama/process/outbox.ts";
import type { Reply } from "../../../src/engines/llama/process/protocol.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

function outbox() {
  const sent: (readonly Reply[])[] = [];
  return { sent, box: new Outbox((replies) => sent.push(replies)) };
}

const text = (id: number, text: string): Reply => ({ id, part: { text, ids: [1] } });

describe("the outbox of the model process", () => {
  test("an answer's first text goes at once, what follows it in a while together", () => {
    const { sent, box } = outbox();
    for (const word of ["a", "b", "c"]) {
      box.put(text(1, word));
      box.flush();
    }
    expect(sent).toEqual([[text(1, "a")]]);
    vi.advanceTimersByTime(25);
    expect(sent).toEqual([[text(1, "a")], [text(1, "b"), text(1, "c")]]);
  });

  test("a token that comes after the pause does not wait, and nothing is sent twice", () => {
    const { sent, box } = outbox();
    box.put(text(1, "a"));
    box.flush();
    vi.advanceTimersByTime(30);
    box.put(text(1, "b"));
    box.flush();
    expect(sent).toHaveLength(2);
    vi.advanceTimersByTime(1000);
    box.flush();
    expect(sent).toHaveLength(2);
  });

  test.each<[string, Reply]>([
    ["the end of an answer", { id: 1, end: true }],
    ["an error", { id: 1, error: { message: "broken" } }],
    ["a tool call", { id: 1, part: { text: "", ids: [], toolCall: { id: "1", name: "f" } } }],
    ["another answer's first text", text(2, "x")],
    ["what is no text", { id: 3, part: 17 }],
  ])("%s takes what waits with it, in order", (_, urgent) => {
    const { sent, box } = outbox();
    box.put(text(1, "a"));
    box.flush();
    box.put(text(1, "b"));
    box.flush();
    expect(sent).toHaveLength(1);
    box.put(urgent);
    box.flush();
    expect(sent[1]).toEqual([text(1, "b"), urgent]);
    vi.advanceTimersByTime(1000);
    expect(sent).toHaveLength(2);
  });
});
