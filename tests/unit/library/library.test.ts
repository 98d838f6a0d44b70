/** The library from the first start on: what is a model, and what asking for one does. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { modelOf, sha256 } from "./hub-server.ts";
import {
  ask,
  home,
  library,
  load,
  loads,
  models,
  never,
  open,
  own,
  requestOf,
  requests,
  server,
  stateOf,
  until,
  withLibrary,
} from "./library-place.ts";

withLibrary();

describe("the first start", () => {
  test("downloads the starter, loads it and answers", async () => {
    open();
    expect(library.status()).toMatchObject({
      state: "missing",
      error: { code: "model_not_installed", params: { model: "smollm2-135m" } },
    });
    await library.start();
    const states = new Set<string>();
    await until(() => {
      const { state } = library.status();
      states.add(state);
      return state === "ready";
    });
    expect([...states].filter((one) => one === "failed")).toEqual([]);
    expect(states).toContain("downloading");
    expect(library.status().model?.id).toBe("smollm2-135m");
    expect(await ask(await library.get(undefined, never))).toContain("one two three four");
    expect(requests[0]).toMatchObject({
      path: join(models(), "tiny.gguf"),
      name: "Tiny",
      digest: sha256(server.bytes),
      quantisation: "F32",
    });
  });

  test("without network says why, and what to do", async () => {
    open({ hub: server.hub({ offline: true }) });
    await library.start();
    await until(() => library.status().state === "failed");
    expect(library.status().error).toMatchObject({ code: "hub_offline" });
    await expect(library.get(undefined, never)).rejects.toMatchObject({ code: "hub_offline" });
  });

  test("meanwhile a question is told to wait", async () => {
    server.faults = [{ stallAt: 65_536 }];
    open();
    await library.start();
    await until(() => library.status().state === "downloading");
    await expect(library.get(undefined, never)).rejects.toMatchObject({
      code: "model_downloading",
      status: 503,
      retryable: true,
    });
  });

  test("is refused when the model that was asked for cannot be meant", async () => {
    await expect(open({ model: "nosuch" }).start()).rejects.toMatchObject({
      code: "model_not_found",
    });
    await expect(open({ model: "/no/such.gguf" }).start()).rejects.toMatchObject({
      code: "model_file_missing",
    });
    await writeFile(join(home, "foreign.gguf"), "not a model");
    await expect(open({ model: join(home, "foreign.gguf") }).start()).rejects.toMatchObject({
      code: "model_file_invalid",
    });
  });
});

describe("asking for a model", () => {
  test("that nobody knows is an error of its own", async () => {
    await expect(open().get("nosuch", never)).rejects.toMatchObject({
      code: "model_not_found",
      status: 404,
    });
  });

  test("that is not downloaded says how to get it", async () => {
    await expect(open().get("smollm2-135m", never)).rejects.toMatchObject({
      code: "model_not_installed",
      status: 409,
    });
  });

  test("by two at once loads it once", async () => {
    await own("mine");
    open();
    const engines = await Promise.all([library.get("mine", never), library.get("mine", never)]);
    expect(await Promise.all(engines.map((engine) => ask(engine)))).toHaveLength(2);
    expect(loads).toEqual(["mine"]);
  });

  test("lets go of an answer that nobody reads to its end", async () => {
    await own("one");
    await own("two");
    open();
    const engine = await library.get("one", never);
    for await (const _ of engine.generate(requestOf(never))) break;
    expect((await library.get("two", never)).card.id).toBe("two");
  });

  test("can be given up while it waits", async () => {
    await own("one");
    await own("two");
    open();
    const first = await library.get("one", never);
    const answer = first.generate(requestOf(never))[Symbol.asyncIterator]();
    await answer.next();
    const abort = new AbortController();
    const second = library.get("two", abort.signal);
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: "turn_cancelled" });
    while (!(await answer.next()).done);
    expect(await ask(first)).toContain("one two");
  });

  test("whose process has died starts it again", async () => {
    await own("mine");
    let dead = false;
    open({
      load: async (request) => {
        const engine = await load(request);
        if (loads.length > 1) return engine;
        return {
          ...engine,
          async *generate(asked) {
            for await (const part of engine.generate(asked)) {
              yield part;
              dead = true;
              throw new CharlaError("engine_stopped", { status: 503, message: "", hint: "" });
            }
          },
        };
      },
    });
    const engine = await library.get("mine", never);
    await expect(ask(engine)).rejects.toMatchObject({ code: "engine_stopped" });
    expect(dead).toBe(true);
    expect(await ask(engine)).toContain("one two");
    expect(loads).toEqual(["mine", "mine"]);
  });
});

describe("a file", () => {
  test("that does not load is not tried for ever", async () => {
    await own("mine");
    let tries = 0;
    const failing = async () => {
      tries += 1;
      throw new Error("out of memory");
    };
    open({ load: failing });
    for (let turn = 0; turn < 3; turn++) {
      await expect(library.get("mine", never)).rejects.toMatchObject({
        code: "model_load_failed",
        params: { reason: "out of memory" },
      });
    }
    expect(tries).toBe(1);
    expect((await library.model("mine")).error?.code).toBe("model_load_failed");

    // To choose it again is to want another try; so is to put another file in its place.
    await library.use("mine");
    await until(() => tries === 2);
    await utimes(join(models(), "mine.gguf"), 1, 1);
    await expect(library.get("mine", never)).rejects.toThrow("out of memory");
    expect(tries).toBe(3);
  });

  const stopped = () =>
    new CharlaError("engine_stopped", { status: 503, message: "It stopped.", hint: "Ask again." });

  test("whose load is cut short is loaded when it is asked for again", async () => {
    await own("mine");
    let tries = 0;
    open({
      load: async (request) => {
        tries += 1;
        if (tries < 3) throw stopped();
        return load(request);
      },
    });
    for (let turn = 0; turn < 2; turn++) {
      await expect(library.get("mine", never)).rejects.toMatchObject({ code: "engine_stopped" });
    }
    expect((await library.get("mine", never)).card.id).toBe("mine");
    expect((await library.model("mine")).error).toBeNull();
  });

  test("whose load is cut short every time is given up on after the third", async () => {
    await own("mine");
    let tries = 0;
    open({
      load: async () => {
        tries += 1;
        throw stopped();
      },
    });
    const codes: string[] = [];
    for (let turn = 0; turn < 5; turn++) {
      codes.push(await library.get("mine", never).catch(({ code }) => code));
    }
    const given = "model_load_given_up";
    expect(codes).toEqual(["engine_stopped", "engine_stopped", given, given, given]);
    expect(tries).toBe(3);
    expect((await library.model("mine")).error).toMatchObject({
      retryable: false,
      params: { name: "Tiny GPT-2", times: 3, reason: "It stopped." },
    });
    await library.use("mine");
    await until(() => tries === 4);
  });

  test("of the catalogue that was changed on disk is never loaded", async () => {
    open();
    await (await library.pull("smollm2-135m")).done;
    expect(await stateOf("smollm2-135m")).toBe("ready");
    const changed = await readFile(join(models(), "tiny.gguf"));
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await writeFile(join(models(), "tiny.gguf"), changed);
    await expect(library.get("smollm2-135m", never)).rejects.toMatchObject({
      code: "model_file_broken",
    });
    expect(loads).toEqual([]);
    expect(await stateOf("smollm2-135m")).toBe("broken");
    // Another start knows it without reading it, and a download mends it.
    open();
    expect(await stateOf("smollm2-135m")).toBe("broken");
    await (await library.pull("smollm2-135m")).done;
    expect((await library.get("smollm2-135m", never)).card.id).toBe("smollm2-135m");
  });

  test("of one's own has an id, and says what it is", async () => {
    await own("My Own Model.F32");
    await writeFile(join(models(), "broken.gguf"), "GGUF");
    const { models: all } = await open().models();
    expect(all.map(({ id, state, own }) => [id, state, own])).toEqual([
      ["smollm2-135m", "absent", false],
      ["my-own-model.f32", "ready", true],
      ["broken", "broken", true],
    ]);
    expect(all[1]).toMatchObject({ name: "Tiny GPT-2", quantisation: "F32", contextWindow: 256 });
    expect(all[2]?.error).toMatchObject({ code: "model_file_truncated" });
    expect((await library.list()).map(({ id }) => id)).toEqual(["my-own-model.f32"]);
    await expect(library.get("broken", never)).rejects.toMatchObject({
      code: "model_file_truncated",
    });
  });

  test("of one's own may be in folders below, and several of one name say which they are", async () => {
    await mkdir(join(models(), "bartowski", "tiny-gpt2"), { recursive: true });
    const below = join(models(), "bartowski", "tiny-gpt2", "Tiny.Q8_0.gguf");
    await copyFile(join(home, "tiny"), below);
    await mkdir(join(models(), "adapters"));
    await own("tiny.f32");
    const { models: all } = await open().models();
    expect(all.map(({ id, name }) => [id, name])).toEqual([
      ["smollm2-135m", expect.any(String)],
      ["tiny.q8_0", "Tiny GPT-2 (Tiny.Q8_0)"],
      ["tiny.f32", "Tiny GPT-2 (tiny.f32)"],
    ]);
    expect((await library.get("tiny.q8_0", never)).card.id).toBe("tiny.q8_0");
    await library.remove("tiny.f32");
    await library.close();
    open();
    await library.remove("tiny.q8_0");
    expect(existsSync(below)).toBe(false);
  });

  test("in a folder that can only be read is loaded, and is known for as long as Charla runs", async () => {
    await own("shared");
    // Not even root can make a folder in the place of a file.
    await writeFile(join(models(), ".charla"), "");
    open({ model: "shared" });
    await library.start();
    await expect.poll(() => library.status().state).toBe("ready");
    expect((await library.get(undefined, never)).card.id).toBe("shared");
    const found = (await library.models()).models.find(({ id }) => id === "shared");
    expect(found?.digest).toBe(sha256(await readFile(join(home, "tiny"))));
    await own("other");
    await library.use("other");
    expect((await library.models()).current).toBe("other");
  });

  test("of one's own may be anywhere, and may be replaced", async () => {
    const elsewhere = join(home, "elsewhere.gguf");
    await copyFile(join(home, "tiny"), elsewhere);
    open({ model: elsewhere });
    await library.start();
    expect((await library.get(undefined, never)).card.id).toBe("elsewhere");
    await library.close();
    writeGpt2(elsewhere, 2);
    open({ model: elsewhere });
    await library.get(undefined, never);
    expect(requests.at(-1)?.digest).toBe(sha256(await readFile(elsewhere)));
  });

  test("cannot take the id of the catalogue", async () => {
    await own("smollm2-135m");
    const ids = (await open().models()).models.map(({ id }) => id);
    expect(ids).toEqual(["smollm2-135m", "smollm2-135m-2"]);
  });
});

describe("the context window", () => {
  test.each([
    [undefined, 8192],
    [4096, 4096],
    [100_000, 40_960],
  ])("of a model is the same before it is loaded (%s)", async (contextTokens, window) => {
    const catalogue = [modelOf(server.bytes, { id: "smollm2-135m", contextWindow: 40_960 })];
    open({ catalogue, contextTokens });
    await (await library.pull("smollm2-135m")).done;
    expect(await library.list()).toMatchObject([{ contextWindow: window }]);
    await library.get("smollm2-135m", never);
    expect(requests[0]?.contextTokens).toBe(contextTokens ?? 8192);
  });
});
