/** Images and real models: the embedded one, which does not see, and one of llama.cpp's own server. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import OpenAI from "openai";
import { expect, onTestFinished, test } from "vitest";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { ROOT } from "../../fixtures/charla.ts";
import { temporary } from "../../fixtures/databases.ts";
import { type Colour, dataUrl, png } from "../../fixtures/images.ts";
import type { Json } from "../../unit/core/serve.ts";
import { starterModel } from "../model.ts";

const HERE = join(ROOT, "tests/with-model/images");
const QUESTION = "\nSay the color that stands above in one word.";
const COLOURS: readonly (readonly [string, Colour])[] = [
  ["red", [255, 0, 0]],
  ["green", [0, 255, 0]],
  ["blue", [0, 0, 255]],
];

async function product(settings: Readonly<Record<string, string>>) {
  const env = { CHARLA_PORT: "0", CHARLA_HOME: await temporary(), ...settings };
  const app = await startApp(readConfig({}, env), () => {});
  onTestFinished(() => app.stop());
  return app.url;
}

const ask = (url: string, colour: Colour) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 }).chat.completions.create({
    ...{ model: "", temperature: 0, max_tokens: 16 },
    messages: [
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: dataUrl(png(64, 64, colour)) } },
          { type: "text", text: QUESTION },
        ],
      },
    ],
  });

test("the embedded engine refuses an image by name", { timeout: 60_000 }, async () => {
  const url = await product({ CHARLA_MODEL: starterModel() });
  const refused = await ask(url, [255, 0, 0]).catch((thrown) => thrown);
  expect(refused).toMatchObject({ status: 400, code: "vision_not_granted" });
});

/** The address of llama.cpp's server with the toy eye; `eye.py` says what is toy in it. */
async function llamaServer(python: string): Promise<string> {
  const eye = join(await temporary(), "toy-eye.gguf");
  const child: ChildProcess = spawn(python, [join(HERE, "eye.py"), starterModel(), eye], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill());
  if (!child.stdout) throw new TypeError("it has a standard output");
  for await (const line of createInterface(child.stdout))
    if (line.startsWith("listening ")) return line.slice("listening ".length);
  throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}`);
}

const { findPython, installClients } = await import(join(ROOT, "scripts/python.mjs"));
if (await findPython())
  test("llama.cpp's server says that it sees, is given images, and tells their colours", {
    timeout: 600_000,
  }, async () => {
    const python = await installClients(pathToFileURL(join(HERE, "requirements.txt")));
    const url = await product({ CHARLA_REMOTE_URL: await llamaServer(python) });
    const read = async (path: string): Promise<Json> => (await fetch(url + path)).json();
    const ways = await read("/api/images");
    expect(ways.sees).toEqual([ways.model]);
    for (const [name, colour] of COLOURS) {
      const { choices, usage } = await ask(url, colour);
      expect(choices[0]?.message.content).toContain(name);
      expect(usage?.prompt_tokens).toBeGreaterThan(20);
    }
    // And a chat of the page.
    const post = async (path: string, body: Uint8Array | object): Promise<Json> => {
      const raw = body instanceof Uint8Array;
      const reply = await fetch(url + path, {
        method: "POST",
        body: raw ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
      });
      return reply.json();
    };
    const image = await post("/api/images", png(64, 64, [0, 0, 255]));
    const settings = { temperature: 0, maxTokens: 16, seed: 1 };
    const chat = await post("/api/conversations", { settings });
    const parts = [{ type: "image", ...image }];
    const path = `/api/conversations/${chat.id}`;
    const turn = await post(`${path}/turns`, { content: QUESTION, parentId: null, parts });
    await (await fetch(`${url}${path}/messages/${turn.answer.id}/stream`)).text();
    const { messages } = await read(path);
    expect(messages[1]).toMatchObject({ status: "done", content: expect.stringContaining("blue") });
  });
