/** Branches of a conversation's tree. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { branchTo, leafBelow, siblingsOf } from "../../../web/src/chats/tree.ts";

const node = (id: string, parentId: string | null) => ({ id, parentId });

/** Trees as the server makes them: each message after its parent. */
const trees = fc.array(fc.nat(), { minLength: 1, maxLength: 40 }).map((choices) =>
  choices.map((choice, index) => {
    const parent = choice % (index + 1);
    return node(String(index), parent === index ? null : String(parent));
  }),
);

describe("a branch", () => {
  test("leads from the root to its leaf without a gap", () => {
    fc.assert(
      fc.property(trees, fc.nat(), (nodes, pick) => {
        const leaf = nodes[pick % nodes.length]?.id ?? "";
        const branch = branchTo(nodes, leaf);
        expect(branch.at(-1)?.id).toBe(leaf);
        expect(branch[0]?.parentId).toBe(null);
        for (const [index, { parentId }] of branch.entries()) {
          if (index > 0) expect(parentId).toBe(branch[index - 1]?.id);
        }
      }),
    );
  });

  test("is empty for a leaf that is not there", () => {
    expect(branchTo([node("a", null)], "b")).toEqual([]);
    expect(branchTo([node("a", null)], null)).toEqual([]);
  });
});

describe("walking to a sibling", () => {
  test("ends at a leaf below it", () => {
    fc.assert(
      fc.property(trees, fc.nat(), (nodes, pick) => {
        const start = nodes[pick % nodes.length]?.id ?? "";
        const leaf = leafBelow(nodes, start);
        expect(nodes.some(({ parentId }) => parentId === leaf)).toBe(false);
        expect(branchTo(nodes, leaf).map(({ id }) => id)).toContain(start);
      }),
    );
  });

  test("takes the newest branch", () => {
    const nodes = [node("q", null), node("a1", "q"), node("a2", "q"), node("r", "a1")];
    expect(leafBelow(nodes, "q")).toBe("a2");
    expect(leafBelow(nodes, "a1")).toBe("r");
    expect(siblingsOf(nodes, node("a1", "q")).map(({ id }) => id)).toEqual(["a1", "a2"]);
  });
});
