import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CLI, charla, ended, printed, serve, temporary, terminal } from "../fixtures/charla.ts";
import { starterModel } from "./model.ts";

/** The speed stands under an answer alone; an arrow stands before what to do about an error. */
const [ANSWERED, ERROR] = [/tokens\/s[\s\S]*> /, /→/];

/** A home that has the starter model, and an engine that reads it. */
function home(): NodeJS.ProcessEnv {
  const folder = temporary();
  mkdirSync(join(folder, "models"));
  symlinkSync(starterModel(), join(folder, "models", "SmolLM2-135M-Instruct.Q4_1.gguf"));
  return { CHARLA_ENGINE: "", CHARLA_HOME: folder };
}

describe("charla chat", () => {
  it("answers a question from a pipe, the same one for the same seed", async () => {
    const args = ["chat", "--seed", "3", "--max-tokens", "24"];
    const first = await charla(args, { env: home(), input: "Name three colours." });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout.trim().length).toBeGreaterThan(5);
    const path = { CHARLA_ENGINE: "", CHARLA_HOME: temporary(), CHARLA_MODEL: starterModel() };
    expect(await charla(args, { env: path, input: "Name three colours." })).toEqual(first);
  });

  it("stops an answer by Ctrl-C and answers the next question", async () => {
    const child = terminal(`${process.execPath} ${CLI} chat --max-tokens 400`, home());
    await printed(child, /> /);
    child.stdin?.write("Write a very long story about a ship.\r");
    expect(await printed(child, /ship\.[\s\S]*?…[\s\S]{20,}/)).not.toMatch(ERROR);
    child.stdin?.write("\x03");
    await printed(child, /> /);
    child.stdin?.write("Say hello.\r");
    expect(await printed(child, ANSWERED)).not.toMatch(ERROR);
    child.stdin?.write("\x04");
    expect((await ended(child)).code).toBe(0);
  });

  it("can be stopped while the model loads, and goes on", async () => {
    const child = terminal(`${process.execPath} ${CLI} chat --max-tokens 10`, home());
    await printed(child, /> /);
    child.stdin?.write("Say hello.\r");
    // The process of the model may not even have started.
    await printed(child, /hello\.[\s\S]*…/);
    child.stdin?.write("\x03");
    expect(await printed(child, /> /)).not.toMatch(ERROR);
    child.stdin?.write("Say hello.\r");
    expect(await printed(child, ANSWERED)).not.toMatch(ERROR);
    child.stdin?.write("\x04");
    expect((await ended(child)).code).toBe(0);
  });
});

describe("charla serve", () => {
  it("listens, gets the model ready, answers, and ends a stream in good order", async () => {
    const { child, url } = await serve(["--port", "0"], { env: home() });
    while ((await fetch(`${url}/readyz`)).status !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({
        stream: true,
        max_tokens: 2000,
        messages: [{ role: "user", content: "Count to one thousand, one number a line." }],
      }),
    });
    const text = response.text();
    child.kill("SIGTERM");
    const exit = ended(child);
    expect(await text).toMatch(/data: \[DONE\]\n\n$/);
    expect((await exit).code).toBe(0);
  });
});

it("a file that is no model is refused with what to do", async () => {
  const env = { CHARLA_ENGINE: "", CHARLA_HOME: temporary(), CHARLA_MODEL: CLI };
  const { code, stderr } = await charla(["chat"], { env, input: "Hello" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/cli\.ts[\s\S]*→ /);
});
