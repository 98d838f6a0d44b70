/** LoRA adapters: found, matched to the models that they fit, given to engines, and never models. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine, Request } from "../../../src/core/engine.ts";
import { misfit } from "../../../src/engines/library/adapters.ts";
import { type Lora, readGguf, readHeader } from "../../../src/engines/library/gguf.ts";
import { Library, type LoadRequest } from "../../../src/engines/library/index.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { writeLora } from "../../fixtures/lora.ts";
import { sha256 } from "./hub-server.ts";

const never = new AbortController().signal;
let home: string;
let library: Library;
let requests: LoadRequest[];

const inModels = (file: string) => join(home, "models", file);
const inAdapters = (file: string) => join(home, "models", "adapters", file);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-"));
  await mkdir(join(home, "models", "adapters"), { recursive: true });
  writeGpt2(inModels("tiny.gguf"));
  requests = [];
  library = open();
});

afterEach(async () => {
  await library.close();
  await rm(home, { recursive: true, force: true });
});

function open(model?: string): Library {
  return new Library({
    ...{ home, model, catalogue: [], log: () => {} },
    load: async (request) => {
      requests.push(request);
      const known = request.adapters.map(({ id }) => id).join();
      return scripted({ id: request.id, reply: () => `knows ${known}` });
    },
  });
}

async function ask(adapter?: string): Promise<string> {
  const engine: Engine = await library.get("tiny", never);
  const request: Request = {
    messages: [{ role: "user", content: "Hello" }],
    sampling: { temperature: 0, topP: 1, maxTokens: 10, seed: 1 },
    reproducible: false,
    extras: adapter === undefined ? {} : { adapter },
    signal: never,
  };
  const pieces = await Array.fromAsync(engine.generate(request));
  return pieces.filter((piece) => typeof piece === "string").join("");
}

describe("files", () => {
  test("in either folder are adapters, and no models", async () => {
    await writeLora(inAdapters("My Pirate.gguf"), inModels("tiny.gguf"), {
      name: "Pirate",
      rank: 2,
      alpha: 4,
    });
    await writeLora(inModels("poet.gguf"), inModels("tiny.gguf"), { architecture: "llama" });
    const { models, adapters } = await library.models();
    expect(models.map(({ id }) => id)).toEqual(["tiny"]);
    expect(adapters).toMatchObject([
      {
        id: "my-pirate",
        name: "Pirate",
        architecture: "gpt2",
        rank: 2,
        alpha: 4,
        models: ["tiny"],
        digest: sha256(await readFile(inAdapters("My Pirate.gguf"))),
        error: null,
      },
      { id: "poet", architecture: "llama", models: [], error: null },
    ]);
    expect(await library.list()).toMatchObject([{ id: "tiny" }]);
  });

  test("that are no adapters are shown with what is wrong", async () => {
    await copyFile(inModels("tiny.gguf"), inAdapters("model.gguf"));
    await writeFile(inAdapters("note.gguf"), "nothing of the kind");
    const { adapters } = await library.models();
    expect(adapters.map(({ id, error }) => [id, error?.code])).toEqual([
      ["model", "adapter_file_invalid"],
      ["note", "model_file_invalid"],
    ]);
    await expect(ask("note")).rejects.toMatchObject({ code: "model_file_invalid" });
  });

  test("named as the model are refused", async () => {
    await writeLora(inAdapters("pirate.gguf"), inModels("tiny.gguf"));
    library = open(inAdapters("pirate.gguf"));
    await expect(library.start()).rejects.toMatchObject({ code: "model_file_unsupported" });
  });
});

describe("an engine", () => {
  test("gets those that fit, with their digests", async () => {
    await writeLora(inAdapters("pirate.gguf"), inModels("tiny.gguf"));
    await writeLora(inAdapters("other.gguf"), inModels("tiny.gguf"), { architecture: "llama" });
    expect(await ask("pirate")).toBe("knows pirate");
    const digest = sha256(await readFile(inAdapters("pirate.gguf")));
    expect(requests).toMatchObject([
      { adapters: [{ id: "pirate", path: inAdapters("pirate.gguf"), digest, scale: 1 }] },
    ]);
  });

  test("gets one that comes later when it is asked for, and one that was replaced", async () => {
    expect(await ask()).toBe("knows ");
    await writeLora(inAdapters("pirate.gguf"), inModels("tiny.gguf"));
    expect(await ask("pirate")).toBe("knows pirate");
    expect(await ask("pirate")).toBe("knows pirate");
    expect(requests).toHaveLength(2);
    await writeLora(inAdapters("pirate.gguf"), inModels("tiny.gguf"), { seed: 2, rank: 8 });
    await ask("pirate");
    expect(requests).toHaveLength(3);
    const digests = requests.map(({ adapters }) => adapters[0]?.digest);
    expect(new Set(digests).size).toBe(3);
  });

  test("is not asked for one that is not there, or that is for another model", async () => {
    await writeLora(inAdapters("pirate.gguf"), inModels("tiny.gguf"));
    await writeLora(inAdapters("other.gguf"), inModels("tiny.gguf"), { architecture: "llama" });
    await expect(ask("nosuch")).rejects.toMatchObject({
      code: "adapter_not_found",
      status: 404,
      params: { id: "nosuch", known: "pirate" },
    });
    await expect(ask("other")).rejects.toMatchObject({
      code: "adapter_mismatch",
      status: 400,
      params: { adapter: "other", model: "Tiny GPT-2", difference: "llama ≠ gpt2" },
    });
    expect(await ask("pirate")).toBe("knows pirate");
  });
});

describe("an adapter does not fit a base", () => {
  const base = () => readGguf(inModels("tiny.gguf"));
  async function made(change: (tensors: Map<string, readonly number[]>) => void): Promise<Lora> {
    const path = inAdapters("one.gguf");
    await writeLora(path, inModels("tiny.gguf"), { targets: /attn_output\.weight$/ });
    const lora = (await readHeader(path)) as Lora;
    const tensors = new Map(lora.tensors);
    change(tensors);
    return { ...lora, tensors };
  }
  const down = "blk.0.attn_output.weight.lora_a";
  const up = "blk.0.attn_output.weight.lora_b";

  test.each([
    ["whose matrix is missing", "blk.9.attn_q.weight.lora_a", [32, 4], "blk.9.attn_q.weight ≠ -"],
    ["that is narrower", down, [16, 4], "blk.0.attn_output.weight: 16 × 32 ≠ 32 × 32"],
    ["that gives less", up, [4, 31], "blk.0.attn_output.weight: 32 × 31 ≠ 32 × 32"],
    ["whose ranks differ", up, [5, 32], "blk.0.attn_output.weight: 32 × 32 ≠ 32 × 32"],
    ["with other tensors", "blk.0.attn_output.scale", [4], "blk.0.attn_output.scale"],
  ])("%s", async (_, name, shape, difference) => {
    expect(misfit(await made((tensors) => tensors.set(name, shape)), await base())).toBe(
      difference,
    );
  });

  test("when half of a pair is missing, or everything", async () => {
    const half = await made((tensors) => tensors.delete(up));
    expect(misfit(half, await base())).toBe(`${down} ≠ a, b`);
    expect(misfit(await made((tensors) => tensors.clear()), await base())).toBe("0");
  });

  test("but it may change an embedding, and norms, as llama.cpp takes them", async () => {
    const fit = await made((tensors) => {
      tensors.set("blk.0.attn_norm.weight", [32]);
      tensors.set("token_embd.weight.lora_a", [4, 258]);
      tensors.set("token_embd.weight.lora_b", [4, 32]);
    });
    expect(misfit(fit, await base())).toBeUndefined();
  });
});
