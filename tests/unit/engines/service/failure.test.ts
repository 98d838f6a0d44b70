/** What goes wrong inside the model process, seen from the server: the real process, no model. */
import { expect, onTestFinished, test, vi } from "vitest";
import { CharlaError } from "../../../../src/core/errors.ts";
import { Channel } from "../../../../src/engines/llama/service/channel.ts";
import { jsonLog } from "../../../../src/server/log.ts";

const PROGRAM = new URL("../../../../src/engines/llama/process/main.ts", import.meta.url);

test("the log says where in the other process it was thrown", async () => {
  const channel = new Channel(PROGRAM, "tiny");
  onTestFinished(() => channel.kill("the test is over"));
  const thrown = await channel.one("count", { messages: [] }).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(CharlaError);
  expect(thrown).toMatchObject({ code: "engine_failed", cause: { name: "Error" } });
  // Whom it is told to sees the reason and no place.
  expect(JSON.stringify(thrown)).toContain("no model is loaded");
  expect(JSON.stringify(thrown)).not.toContain("model-process");

  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => write.mockRestore());
  jsonLog("it happened", thrown);
  const { error } = JSON.parse(String(write.mock.lastCall?.[0]));
  expect(error.stack.join()).toMatch(/ModelProcess\.answer.*process\/model-process\.ts/);
});
