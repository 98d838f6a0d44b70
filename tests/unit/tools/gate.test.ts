/** The gate's decision: every kind of tool in every kind of context. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LABELS, type Tool } from "../../../src/core/toolbox.ts";
import { hashOf } from "../../../src/features/tools/approvals.ts";
import { decide } from "../../../src/features/tools/gate.ts";

const words = { en: "x", es: "x" };
const any = fc.record({
  writes: fc.option(fc.constant(words), { nil: undefined }),
  sends: fc.option(fc.constant(words), { nil: undefined }),
});
const context = fc.subarray([...LABELS]).map((labels) => new Set(labels));

describe("the gate", () => {
  it("lets nothing write or send by itself once there is a foreign or private text", () => {
    fc.assert(
      fc.property(any, context, (tool, labels) => {
        const chosen = { ...tool, chosenIn: () => true };
        const effect = tool.writes !== undefined || tool.sends !== undefined;
        expect(decide(chosen, {}, labels, [])).toBe(effect && labels.size > 0 ? "ask" : "run");
        expect(decide(tool, {}, labels, [])).toBe(effect ? "ask" : "run");
      }),
    );
  });
});

it("binds an approval to the tool, its definition and the exact arguments", () => {
  const tool = { name: "send", server: { name: "s", pin: "1" } } as unknown as Tool;
  const hashes = [
    hashOf(tool, '{"a":1}'),
    hashOf(tool, '{"a":1} '),
    hashOf({ ...tool, name: "sen" }, 'd{"a":1}'),
    hashOf({ name: "send", server: { name: "s", pin: "2" } }, '{"a":1}'),
    hashOf({ name: "send" }, '{"a":1}'),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hashOf(tool, '{"a":1}')).toBe(hashes[0]);
});
