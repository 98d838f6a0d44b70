/** The count of the clone's lines is what it says it is. */
import { describe, expect, it } from "vitest";
import { closure, linesOfCode } from "../../../scripts/count.ts";

describe("npm run count", () => {
  it("counts what is neither blank nor only a comment", () => {
    expect(linesOfCode("")).toBe(0);
    expect(linesOfCode("// a\n\n/* b */\n/**\n * c\n */\n")).toBe(0);
    expect(linesOfCode('const url = "http://x"; // why\n  {/* jsx */}\nreturn 1;\n')).toBe(2);
  });

  it("follows imports of values, types and the model process, and leaves features out", () => {
    const files = closure(["src/minimal.ts", "src/engines/llama/worker.ts"]);
    expect(files).toContain("src/core/types.ts");
    expect(files).toContain("src/engines/llama/template.ts");
    expect(files.filter((file) => /features|storage|app\.ts/.test(file))).toEqual([]);
  });
});
