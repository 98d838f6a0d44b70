/** Images by the official clients, over real HTTP, in all three protocols. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI, { BadRequestError } from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Engine, type Engines, only } from "../../../src/core/engine.ts";
import type { Message } from "../../../src/core/types.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { migrate, type OpenDatabase, openDatabase } from "../../../src/storage/index.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { base64, dataUrl, png } from "../../fixtures/images.ts";
import { sealing } from "../../fixtures/vault.ts";
import { type Served, serve } from "../core/serve.ts";

const RED = png(40, 30, [200, 0, 0]);
const url = dataUrl(RED);
const image = { media: "image/png", width: 40, height: 30, base64: base64(RED) };

const asked: (readonly Message[])[] = [];
const plain = scripted({ id: "eyes", sees: true });
const eyes: Engine = {
  ...plain,
  generate(request) {
    asked.push(request.messages);
    return plain.generate(request);
  },
};
const blind = scripted({ id: "blind" });
const engines: Engines = {
  ...only(eyes),
  list: async () => [eyes.card, blind.card],
  get: async (model) => (model === "blind" ? blind : eyes),
};

let served: Served;
let openai: OpenAI;
let anthropic: Anthropic;
let home: string;
let database: OpenDatabase;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-images-"));
  database = await openDatabase(home);
  await migrate(database.db, [vaultTables, openaiApi]);
  served = await serve(engines, [openaiApi], [], sealing(database));
  openai = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none", maxRetries: 0 });
  const options = { baseURL: served.url, authToken: "none", apiKey: null, maxRetries: 0 };
  anthropic = new Anthropic(options);
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await database.close();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => {
  asked.length = 0;
});

type Part = OpenAI.ChatCompletionContentPart;
const complete = (content: Part[], model = "eyes") =>
  openai.chat.completions.create({ model, messages: [{ role: "user", content }] });

describe("chat completions", () => {
  test("an image stands where it stood between the texts, and its detail is passed on", async () => {
    const { usage } = await complete([
      { type: "text", text: "Which colour? " },
      { type: "image_url", image_url: { url, detail: "low" } },
      { type: "text", text: "In a word." },
    ]);
    expect(asked[0]).toEqual([
      {
        ...{ role: "user", content: "Which colour? In a word." },
        images: [{ ...image, at: 14, detail: "low" }],
      },
    ]);
    expect(usage?.prompt_tokens).toBeGreaterThan(64);
  });

  const refused = (given: string) =>
    complete([{ type: "image_url", image_url: { url: given } }]).catch((thrown) => thrown);
  test.each([
    ["https://example.org/cat.png", /none is fetched here: send the image itself/],
    ["http://169.254.169.254/latest/meta-data", /none is fetched here/],
    ["file:///etc/passwd", /is no image/],
    ["data:image/svg+xml;base64,PHN2Zy8+", /no JPEG, PNG or WebP/],
    ["data:image/png;base64,", /no JPEG, PNG or WebP/],
    [`data:image/png;base64,${"A".repeat(7_100_000)}`, /larger than 5 MB/],
  ])("%.40s is refused, and nothing is asked for it", async (given, reason) => {
    const error = await refused(given);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error.param).toBe("messages[0].content");
    expect(error.message).toMatch(reason);
    expect(asked).toEqual([]);
  });

  test("images of others than the user, and too many of them, are refused by name", async () => {
    const part = { type: "image_url", image_url: { url } } as never;
    const said = openai.chat.completions.create({
      model: "eyes",
      messages: [
        { role: "system", content: [part] },
        { role: "user", content: "Look" },
      ],
    });
    await expect(said).rejects.toThrow(/messages of the user/);
    await expect(complete(Array.from({ length: 21 }, () => part))).rejects.toThrow(/20 images/);
  });

  test("a model that does not see refuses by name, and offers what helps", async () => {
    const parts: Part[] = [{ type: "image_url", image_url: { url } }];
    const error = await complete(parts, "blind").catch((thrown) => thrown);
    expect(error).toMatchObject({ status: 400, code: "vision_not_granted" });
    expect(error.error.hint).toContain("OCR");
  });
});

test("responses take images, also where they are gone on with", async () => {
  const first = await openai.responses.create({
    model: "eyes",
    input: [
      {
        role: "user",
        content: [
          { type: "input_text", text: "Which colour?" },
          { type: "input_image", image_url: url, detail: "auto" },
        ],
      },
    ],
  });
  expect(asked[0]?.[0]?.images).toEqual([{ ...image, at: 13, detail: "auto" }]);
  await openai.responses.create({
    ...{ model: "eyes", input: "Sure?", previous_response_id: first.id },
  });
  expect(asked[1]?.map(({ images }) => images?.length ?? 0)).toEqual([1, 0, 0]);
  const bad = (image_url: string, role: "user" | "assistant" = "user") =>
    openai.responses.create({
      model: "eyes",
      input: [{ role, content: [{ type: "input_image", image_url, detail: "auto" }] }] as never,
    });
  await expect(bad("https://example.org/a.png")).rejects.toThrow(/none is fetched here/);
  await expect(bad(url, "assistant")).rejects.toThrow(/messages of the user/);
});

test("messages take images as blocks of base64, and no address", async () => {
  const source = { type: "base64", media_type: "image/png", data: base64(RED) } as const;
  const message = (content: Anthropic.ContentBlockParam[]) =>
    anthropic.messages.create({
      ...{ model: "eyes", max_tokens: 20, messages: [{ role: "user", content }] },
    });
  await message([
    { type: "image", source },
    { type: "text", text: "Which colour?" },
  ]);
  expect(asked[0]?.[0]).toEqual({
    ...{ role: "user", content: "Which colour?" },
    images: [{ ...image, at: 0 }],
  });
  const away = { type: "url", url: "https://example.org/a.png" } as const;
  await expect(message([{ type: "image", source: away }])).rejects.toThrow(/no address is fetched/);
  const { input_tokens } = await anthropic.messages.countTokens({
    model: "eyes",
    messages: [{ role: "user", content: [{ type: "image", source }] }],
  });
  expect(input_tokens).toBe(64 + 4);
});
