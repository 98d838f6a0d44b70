/** The pure parts of showing Markdown: bounds, line breaks and the last look at the tree. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Node } from "../../../web/src/panels/markdown/hast.ts";
import { lastLook } from "../../../web/src/panels/markdown/lastLook.ts";
import { areTooMuch, isTooMuch } from "../../../web/src/panels/markdown/limits.ts";
import { lineBreaks } from "../../../web/src/panels/markdown/lineBreaks.ts";

describe("what is too much for the renderer", () => {
  test.each([
    ["quotes", ">".repeat(500)],
    ["quotes with spaces", `hello\n\n${"> ".repeat(500)}x`],
    ["a list in one line", `${"- ".repeat(500)}x`],
    ["a numbered list", `${" ".repeat(500)}1. x`],
    ["an empty list", `${" ".repeat(500)}-\n`],
    ["a list of tabs", `${"\t".repeat(500)}- x`],
    ["a wide table", `|${"a|".repeat(2000)}\n|${"-|".repeat(2000)}\n${"|a\n".repeat(500)}`],
    ["a long block", "word ".repeat(10_000)],
    ["emphasis", "*a_ ".repeat(600)],
    ["bold within words", "b**c".repeat(1100)],
    ["strikes", "~~a~~ ".repeat(600)],
    ["formulas of dollars", "$x$ ".repeat(1100)],
    ["formulas of parentheses", "\\(a\\) ".repeat(1600)],
    ["links", "[a](".repeat(1100)],
    ["addresses", "https://a.bc ".repeat(1600)],
    ["tags", "<b>".repeat(1600)],
    ["empty items", "-\n".repeat(1600)],
    ["numbered items", "1. a\n".repeat(1600)],
    ["footnotes", Array.from({ length: 600 }, (_, at) => `[^${at}]\n\n[^${at}]: a\n`).join("")],
    ["lines", "a\n".repeat(3100)],
    ["a fence and more", `\`\`\`\na\n\`\`\`\n${"*a_ ".repeat(600)}`],
  ])("%s", (_name, text) => {
    expect(isTooMuch(text)).toBe(true);
  });

  test.each([
    ["a quote", "> > > x"],
    ["a list of ten levels", `${"  ".repeat(10)}- x`],
    ["a long table", `|a|b|\n|-|-|\n${"|a|b|\n".repeat(1000)}`],
    ["a long fence of code", `\`\`\`js\n${"f(a[1] * b_c, `$`);\n".repeat(4000)}\`\`\`\n`],
    ["a fence that is still open", `~~~\n${"*a_ ".repeat(5000)}`],
    ["a rule", "-".repeat(500)],
    ["spaces", `${" ".repeat(500)}x\n${" ".repeat(500)}`],
    ["arrows in a line", `a ${"> ".repeat(500)}`],
    ["digits", "1".repeat(5000)],
  ])("but not %s", (_name, text) => {
    expect(isTooMuch(text)).toBe(false);
  });
});

test("a text of many blocks is too much as a whole", () => {
  const blocks = (text: string, count: number) =>
    areTooMuch(Array.from({ length: count }, () => text));
  expect(blocks("word ".repeat(5000), 9)).toBe(true);
  expect(blocks("[a](b) ".repeat(400), 6)).toBe(true);
  expect(blocks("a\n", 1001)).toBe(true);
  expect(blocks("a\n".repeat(2000), 6)).toBe(true);
  expect(blocks("[a](b) ".repeat(400), 2)).toBe(false);
  // What is shown as it was written takes no time.
  expect(blocks("[a](b) ".repeat(1100), 4)).toBe(false);
});

describe("line breaks", () => {
  const paragraph = (...children: Node[]): Node => ({ type: "element", tagName: "p", children });
  const shape = (node: Node): string =>
    node.value ?? (node.tagName === "br" ? "/" : (node.children ?? []).map(shape).join(""));
  const text = (value: string): Node => ({ type: "text", value });
  const br: Node = { type: "element", tagName: "br" };

  test.each([
    [paragraph(text("a\nb\nc")), "a/b/c"],
    [paragraph(text("a"), br, text("\nb")), "a/b"],
    [paragraph(text("a"), br, text("b\nc")), "a/b/c"],
    [{ type: "element", tagName: "pre", children: [text("a\nb")] }, "a\nb"],
  ])("%#", (node, expected) => {
    const root: Node = { type: "root", children: [node] };
    lineBreaks()(root);
    expect(shape(root)).toBe(expected);
  });
});

describe("the last look", () => {
  const clean = (children: Node[]) => {
    const root: Node = { type: "root", children };
    lastLook()(root);
    return root.children;
  };

  test("drops elements, attributes and raw nodes that are not on its list", () => {
    const kept = { type: "element", tagName: "p", properties: {}, children: [] };
    const children = [
      { type: "element", tagName: "script", children: [{ type: "text", value: "x" }] },
      { type: "raw", value: "<b>" },
      { type: "comment", value: "x" },
      { ...kept, properties: { onClick: "x", style: "x", id: "root", dataX: "1", srcDoc: "x" } },
    ];
    expect(clean(children)).toEqual([kept]);
  });

  test("leaves only text where it is too deep to go on", () => {
    let node: Node = { type: "element", tagName: "p", children: [{ type: "text", value: "x" }] };
    for (let level = 0; level < 500; level++)
      node = { type: "element", tagName: "b", children: [node] };
    let [deepest] = clean([node]) ?? [];
    let depth = 0;
    for (; deepest?.children; [deepest] = deepest.children) depth++;
    expect(depth).toBeLessThan(100);
    expect(deepest).toEqual({ type: "text", value: "x" });
  });

  test("looks at every depth", () => {
    const tagName = fc.constantFrom("p", "script", "iframe", "em", "style", "object", "form");
    const element = (children: fc.Arbitrary<Node[]>) =>
      fc.record({
        type: fc.constant("element"),
        tagName,
        properties: fc.dictionary(fc.constantFrom("href", "onLoad", "style", "id"), fc.string()),
        children,
      });
    const leaf: fc.Arbitrary<Node> = element(fc.constant([]));
    const branch: fc.Arbitrary<Node> = element(fc.array(leaf, { maxLength: 3 }));
    const tree: fc.Arbitrary<Node> = element(fc.array(branch, { maxLength: 3 }));
    const check = (node: Node) => {
      expect(["p", "em"]).toContain(node.tagName);
      expect(Object.keys(node.properties ?? {}).filter((name) => name !== "href")).toEqual([]);
      node.children?.forEach(check);
    };
    fc.assert(fc.property(fc.array(tree), (nodes) => clean(nodes)?.forEach(check)));
  });
});
