/** Calls and their results, as node-llama-cpp's history has them: one item. */
import { expect, test } from "vitest";
import type { Message } from "../../../src/core/types.ts";
import { Guard } from "../../../src/engines/llama/process/tools-guard.ts";
import { toHistory } from "../../../src/engines/llama/process/tools-history.ts";

const called = (id: string): Message => ({
  role: "assistant",
  content: "",
  toolCalls: [{ id, name: "get", arguments: "{}" }],
});
const result = (id: string, content: string): Message => ({
  role: "user",
  content,
  toolCallId: id,
});
const ask = (content: string): Message => ({ role: "user", content });

/** Each message as texts, and each call as its result. */
function read(messages: readonly Message[]): unknown[] {
  const guard = new Guard([]);
  return toHistory(messages, guard).map((item) => {
    if (item.type !== "model") return item.text;
    return item.response.map((part) =>
      typeof part === "object" && part.type === "functionCall"
        ? { result: part.result === undefined ? undefined : guard.show([part.result]).join("") }
        : part,
    );
  });
}

test("an id that comes again has each time the result that follows it", () => {
  const said: Message = { role: "assistant", content: "Sunny." };
  expect(
    read([
      ...[ask("today?"), called("1"), result("1", "sun"), said],
      ...[ask("tomorrow?"), called("1"), result("1", "rain")],
    ]),
  ).toEqual([...["today?", [{ result: "sun" }, "Sunny."]], ...["tomorrow?", [{ result: "rain" }]]]);
});

test("a call without a result takes none of an earlier one", () => {
  expect(read([called("1"), result("1", "sun"), ask("again"), called("1")])).toEqual([
    ...[[{ result: "sun" }], "again"],
    [{ result: undefined }],
  ]);
});

test("what answers no call is what somebody has written", () => {
  expect(read([ask("hi"), result("9", "sun")])).toEqual(["hi", "sun"]);
});
