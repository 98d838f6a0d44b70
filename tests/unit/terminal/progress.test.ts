import { expect, test } from "vitest";
import { progressLine } from "../../../src/terminal/progress.ts";

test("progress is one line in a terminal, and a line every tenth elsewhere", () => {
  const draw = (isTTY: boolean) => {
    let written = "";
    const stream = { isTTY, columns: 70, write: (more: string) => (written += more) };
    const line = progressLine(stream as unknown as NodeJS.WriteStream);
    for (const done of [0, 1e6, 25e6, 26e6, 50e6]) line.show("tiny", done, 50e6, 2e6);
    line.clear();
    return written;
  };
  expect(draw(false).split("\n")).toEqual([
    "tiny 0 % (0.0/50 MB)",
    "tiny 50 % (25/50 MB)",
    "tiny 100 % (50/50 MB)",
    "",
  ]);
  const drawn = draw(true).split("\r\u001b[K");
  expect(drawn).toHaveLength(7);
  expect(drawn[3]).toBe("tiny [############............] 50 % (25/50 MB, 2.0 MB/s)");
  expect(drawn.at(-1)).toBe("");
});
