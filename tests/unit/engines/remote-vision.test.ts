/** Images through the remote engine: which models see, how images are sent, and what they count. */
import { describe, expect, test } from "vitest";
import { granting } from "../../../src/core/extras.ts";
import type { Image } from "../../../src/core/images.ts";
import { remote } from "../../../src/engines/remote/index.ts";
import { base64, dataUrl, png } from "../../fixtures/images.ts";
import { type Answer, end, fake, say } from "./fake.ts";
import { read } from "./port.ts";
import { CHAT, engineOf, failure, models, never, question, request } from "./remote-asking.ts";

const RED = png(1500, 1000, [200, 0, 0]);
const image: Image = {
  ...{ media: "image/png", width: 1500, height: 1000, base64: base64(RED) },
};

describe("which models see", () => {
  const seeing = async (routes: Record<string, Answer>, options = {}) => {
    await using server = await fake(routes);
    const cards = await remote({ url: server.url, ...options }).list();
    return cards.flatMap(({ id, vision }) => (vision ? [id] : []));
  };
  const llama = models({ id: "gguf", owned_by: "llamacpp" });
  const props = (vision: boolean) => ({
    "GET /props": () => ({
      default_generation_settings: { n_ctx: 4096 },
      modalities: { vision, audio: false },
    }),
  });
  const two = models({ id: "llava", owned_by: "library" }, { id: "llama3", owned_by: "library" });
  const shown = {
    "POST /api/show": ({ body }: Parameters<Answer>[0]) => ({
      capabilities: body.model === "llava" ? ["completion", "vision"] : ["completion"],
    }),
  };
  const router = models(
    { id: "sees", architecture: { input_modalities: ["text", "image"] } },
    { id: "reads", architecture: { input_modalities: ["text"] } },
  );
  const vllm = models({ id: "qwen-vl", owned_by: "vllm" }, { id: "qwen", owned_by: "vllm" });

  test.each<[string, Record<string, Answer>, object, string[]]>([
    ["llama-server says so", { ...llama, ...props(true) }, {}, ["gguf"]],
    ["llama-server says not", { ...llama, ...props(false) }, {}, []],
    [
      "llama-server says so beside a window of ours",
      { ...llama, ...props(true) },
      { context: 512 },
      ["gguf"],
    ],
    ["Ollama says so of each", { ...two, ...shown }, {}, ["llava"]],
    ["an Ollama that is older says nothing", two, {}, []],
    ["a router says so of each", router, {}, ["sees"]],
    ["vLLM does not say", vllm, {}, []],
    ["the setting names them", vllm, { vision: ["qwen-vl"] }, ["qwen-vl"]],
    ["the setting says all", vllm, { vision: "all" }, ["qwen-vl", "qwen"]],
    ["the setting says none", { ...llama, ...props(true) }, { vision: "none" }, []],
  ])("%s", async (_, routes, options, wanted) => {
    expect(await seeing(routes, options)).toEqual(wanted);
  });
});

const answering: Answer = (_, response) => {
  say(response, "Red.");
  end(response, "stop");
};

test("text and images go in the order in which they stand, as data URLs", async () => {
  await using server = await fake({ ...models({ id: "qwen" }), [CHAT]: answering });
  const engine = await engineOf(server, { vision: "all" });
  expect(engine.grants).toContain("vision");
  expect(engine.exactCount).toBe(false);
  const content = "First this, then that.";
  const images = [image, { ...image, at: 10, detail: "low" }];
  await read(engine, request({ messages: [{ role: "user", content, images }] }));
  const url = dataUrl(RED);
  expect(server.asked.at(-1)?.body.messages).toEqual([
    {
      role: "user",
      content: [
        { type: "image_url", image_url: { url } },
        { type: "text", text: "First this" },
        { type: "image_url", image_url: { url, detail: "low" } },
        { type: "text", text: ", then that." },
      ],
    },
  ]);
});

test("the tokenizer is asked for the text alone, and each image counts beside it", async () => {
  await using server = await fake({
    ...models({ id: "qwen", owned_by: "vllm", max_model_len: 32_768 }),
    "POST /tokenize": ({ body }) => ({ count: body.messages.length * 10, tokens: [] }),
  });
  const engine = await engineOf(server, { vision: ["qwen"] });
  const [asked] = question;
  const messages = [{ ...asked, role: "user" as const, content: "Look", images: [image] }];
  expect(await engine.countTokens(messages)).toBe(10 + 2000);
  expect(JSON.stringify(server.asked)).not.toContain("image_url");
});

test("a model that is not known to see refuses by name before anything is sent", async () => {
  await using server = await fake({ ...models({ id: "llama" }), [CHAT]: answering });
  const engine = await granting(remote({ url: server.url })).get(undefined, never);
  const messages = [{ role: "user" as const, content: "Look", images: [image] }];
  const error = await failure(engine.countTokens(messages));
  expect(error).toMatchObject({ code: "vision_not_granted", params: { model: "llama" } });
});
