/** The example in `examples/` is plugged in and used, so that it stays true. */
import { Command } from "commander";
import { expect, test, vi } from "vitest";
import { shout } from "../../../examples/shout/index.ts";
import { question, serve } from "../core/serve.ts";

test("its step changes the answers it is meant for, and its route counts them", async () => {
  await using served = await serve(undefined, [shout()]);
  const ask = async (content: string) => (await served.ask(question(content))).text;
  expect(await ask("hello")).toBe("You said: hello");
  expect(await ask("hello!!")).toBe("YOU SAID: HELLO!!");
  expect(await served.json("/api/shout?text=ma%C3%B1ana")).toEqual({
    answers: 1,
    example: "MAÑANA",
  });
});

test("its command runs", () => {
  const program = new Command();
  shout().commands?.(program);
  const say = vi.spyOn(console, "log").mockImplementation(() => {});
  program.parse(["shout", "hello"], { from: "user" });
  expect(say).toHaveBeenCalledExactlyOnceWith("HELLO");
  say.mockRestore();
});
