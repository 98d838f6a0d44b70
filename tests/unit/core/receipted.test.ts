/** Receipts of what is stored nowhere: when they are made, beside what is sent. */
import { expect, test } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { receipted } from "../../../src/core/receipted.ts";
import type { Receipts } from "../../../src/core/receipts.ts";
import { eventStream } from "../../../src/core/sse.ts";
import { askEngine } from "../../../src/core/turn.ts";
import { DEFAULT_SAMPLING } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";

test("a text that is there at once is sent before its receipt is made, and the end after it", async () => {
  const order: string[] = [];
  const receipts: Pick<Receipts, "newId" | "keep"> = {
    newId: () => "rcpt-1",
    keep: async () => void order.push("receipt"),
  };
  const run = receipted(askEngine(only(scripted())), receipts as Receipts, "ana");
  const deltas = run({
    messages: [{ role: "user", content: "a b c" }],
    ...{ origin: "api", sampling: DEFAULT_SAMPLING, signal: new AbortController().signal },
  });
  const decoder = new TextDecoder();
  for await (const bytes of eventStream(deltas, () => {}).body ?? []) {
    const text = decoder.decode(bytes);
    if (text.includes('" c"')) order.push("text");
    if (text.includes('"finish"')) order.push("end");
  }
  expect(order).toEqual(["text", "receipt", "end"]);
});
