/** The lines for people: an error with all that helps to find it, but not what a parser quotes. */
import { expect, onTestFinished, test, vi } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import { textLog } from "../../../src/server/log.ts";

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    return thrown;
  }
}

test("what a parser quotes is left out, wherever in the causes it stands", () => {
  const written = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(() => written.mockRestore());
  const line = (error?: unknown) => {
    written.mockClear();
    textLog("it happened", error);
    return written.mock.lastCall?.join(" ") ?? "";
  };
  const quoting = caught(() => JSON.parse("zanahoria"));
  expect(String(quoting)).toContain("zanahoria");
  const wrapped = new CharlaError("remote_unreadable", {
    ...{ message: "Unreadable.", hint: "Wait.", status: 502 },
    cause: new TypeError("in between", { cause: quoting }),
  });
  for (const error of [quoting, wrapped]) {
    const told = line(error);
    expect(told).not.toContain("zanahoria");
    expect(told).toContain("SyntaxError: (its message may quote what it read)");
    expect(told).toMatch(/at JSON\.parse/);
  }
  expect(line(wrapped)).toContain("Unreadable.");
  expect(line(wrapped)).toContain("'remote_unreadable'");
  expect(line(wrapped)).toContain("TypeError: in between");
  const system = Object.assign(new Error("no such file"), { code: "ENOENT" });
  expect(line(new CharlaError("x", { message: "Gone.", hint: "", cause: system }))).toMatch(
    /no such file.*ENOENT/s,
  );
  expect(line()).toMatch(/^\S+Z it happened$/);
});
