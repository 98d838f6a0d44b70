/** Names of models as programs write them, and the one model that a client asks for. */
import fc from "fast-check";
import OpenAI, { NotFoundError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engines, only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { namesOf } from "../../../src/features/openai/names.ts";
import { openai as openaiApi } from "../../../src/features/openai/open.ts";
import { type Json, type Served, serve } from "../core/serve.ts";

const IDS = ["smollm2-135m", "Qwen2.5-1.5b", "qwen2.5-7b", "org/mistral-7b", "mistral"];
const cards = IDS.map((id) => scripted({ id }).card);
const engines = (list: Engines["list"] = async () => cards): Engines => ({
  ...only(scripted({ id: "smollm2-135m" })),
  list,
});
const aliases = { "GPT-4o-mini": "default", "gpt-4": "qwen2.5-7b", smollm2: "mistral" };

describe("a name", () => {
  test.each([
    ["smollm2-135m", "smollm2-135m"],
    ["SmolLM2-135M", "smollm2-135m"],
    ["smollm2-135m:latest", "smollm2-135m"],
    ["qwen2.5-1.5b", "Qwen2.5-1.5b"],
    ["smol", "smollm2-135m"],
    ["qwen2.5-7", "qwen2.5-7b"],
    ["org/mis", "org/mistral-7b"],
    ["mistral", "mistral"],
    ["default", undefined],
    ["gpt-4o-mini", undefined],
    ["gpt-4", "qwen2.5-7b"],
    ["smollm2", "mistral"],
    [undefined, undefined],
    ["gone", "gone"],
  ])("%s means %s", async (name, id) => {
    expect(await namesOf(engines(), aliases).resolve(name)).toBe(id);
  });

  test("that can be two models is refused with both", async () => {
    const error = await namesOf(engines())
      .resolve("QWEN")
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "model_ambiguous",
      status: 400,
      params: { models: "Qwen2.5-1.5b, qwen2.5-7b" },
    });
  });

  test("that is an id is that model, whatever else begins so", async () => {
    const word = fc.stringMatching(/^[a-cA-C]{1,4}$/);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(word, { minLength: 1 }), async (ids) => {
        const names = namesOf(engines(async () => ids.map((id) => scripted({ id }).card)));
        for (const id of ids) expect(await names.resolve(id)).toBe(id);
      }),
    );
  });

  test("of a model that was there is not looked up again", async () => {
    let looks = 0;
    const list = async () => {
      looks += 1;
      return cards;
    };
    const names = namesOf(engines(list));
    for (const name of ["mistral", "mistral", "smollm2-135m"]) await names.resolve(name);
    expect(looks).toBe(1);
  });
});

describe("a client", () => {
  let served: Served;
  let client: OpenAI;
  beforeAll(async () => {
    served = await serve(engines(), [openaiApi], [], { policy: { openai: { aliases } } });
    client = new OpenAI({ baseURL: `${served.url}/v1`, apiKey: "none", maxRetries: 0 });
  });
  afterAll(() => served[Symbol.asyncDispose]());

  test("asks by an alias and is told which model it was", async () => {
    const messages = [{ role: "user" as const, content: "hello" }];
    const { model } = await client.chat.completions.create({ model: "gpt-4o-mini", messages });
    expect(model).toBe("smollm2-135m");
  });

  test.each(["smollm2-135m", "org/mistral-7b", "SMOL", "default"])("looks %s up", async (name) => {
    const found = await client.models.retrieve(name);
    expect(found.object).toBe("model");
    expect(IDS).toContain(found.id);
    const raw = (await served.json(`/v1/models/${name}`)) as Json;
    expect(raw).toEqual(found);
  });

  test("is told that a model is not there", async () => {
    const error = await client.models.retrieve("gone").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: "model_not_found", param: "model" });
  });
});
