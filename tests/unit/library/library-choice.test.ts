/** Which models the library chooses, how many it keeps in memory, and how they leave. */
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sha256 } from "./hub-server.ts";
import {
  ask,
  home,
  inMemory,
  library,
  load,
  models,
  never,
  open,
  own,
  server,
  stateOf,
  until,
  withLibrary,
} from "./library-place.ts";

withLibrary();

describe("the machine", () => {
  test("has the GPU that the engine finds, which is asked once", async () => {
    let asked = 0;
    open({
      findGpu: async () => {
        asked += 1;
        return { gpu: "vulkan" };
      },
    });
    expect((await library.models()).machine.gpu).toBe("Vulkan");
    expect((await library.models()).machine.gpu).toBe("Vulkan");
    expect(asked).toBe(1);
  });

  test("has none when that cannot be found out", async () => {
    open({ findGpu: () => Promise.reject(new Error("no such library")) });
    expect((await library.models()).machine.gpu).toBeNull();
  });

  test("has what the engine in memory computes on", async () => {
    await own("mine");
    open({
      load: async (request) => {
        const engine = await load(request);
        return { ...engine, card: { ...engine.card, device: "cuda" } };
      },
    });
    await library.get("mine", never);
    expect((await library.models()).machine.gpu).toBe("CUDA");
  });
});

describe("choosing", () => {
  test("makes a model the one that answers, also after a restart", async () => {
    await own("mine");
    open();
    const chosen = await library.use("mine");
    expect(["loading", "verifying", "loaded", "ready"]).toContain(chosen.state);
    await until(async () => (await stateOf("mine")) === "loaded");
    expect((await library.models()).current).toBe("mine");
    await library.close();
    expect((await open().models()).current).toBe("mine");
    // What the command line names counts for more; a file that is gone counts for nothing.
    expect((await open({ model: "smollm2-135m" }).models()).current).toBe("smollm2-135m");
    await rm(join(models(), "mine.gguf"));
    expect((await open().models()).current).toBe("smollm2-135m");
  });

  test("another model gives up a load that hangs, and says nothing of it", async () => {
    await own("hung");
    await own("mine");
    const logged: string[] = [];
    open({
      model: "hung",
      log: (line) => logged.push(line),
      load: async (request) => {
        if (request.id !== "hung") return load(request);
        await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
        throw request.signal.reason;
      },
    });
    await library.start();
    await until(async () => (await stateOf("hung")) === "loading");
    await library.use("mine");
    await until(() => library.status().state === "ready");
    expect(library.status().model?.id).toBe("mine");
    // Chosen again it is tried again, and given up again.
    await library.use("hung");
    await until(async () => (await stateOf("hung")) === "loading");
    await library.use("mine");
    await until(async () => (await stateOf("mine")) === "loaded");
    expect((await library.model("hung")).error).toBeNull();
    expect(logged).toEqual([]);
  });

  test("needs the file to be there", async () => {
    await expect(open().use("smollm2-135m")).rejects.toMatchObject({ code: "model_not_installed" });
  });
});

describe("several in memory", () => {
  test("share the budget; the default one comes back when it is asked for", async () => {
    await own("mine");
    await own("other");
    open({ model: "mine", memoryBytes: 1 });
    await library.start();
    await until(() => library.status().state === "ready");
    await ask(await library.get("other", never));
    expect(inMemory).toEqual(["other"]);
    // It would answer, only not at once: that is no reason to call the server unready.
    expect(library.status()).toMatchObject({ state: "ready", model: { id: "mine" } });
    expect(await stateOf("mine")).toBe("ready");
    await ask(await library.get(undefined, never));
    expect(inMemory).toEqual(["mine"]);
    await library.use("other");
    await until(() => inMemory.join() === "other");
    await ask(await library.get("mine", never));
    expect(library.status()).toMatchObject({ state: "ready", model: { id: "other" } });
  });

  test("are all there when there is room, and each tells its load", async () => {
    await own("mine");
    await own("other");
    open();
    for (const id of ["mine", "other"]) await ask(await library.get(id, never));
    expect(inMemory).toEqual(["mine", "other"]);
    expect(library.loads().map(({ model }) => model)).toEqual(["mine", "other"]);
    expect(await stateOf("other")).toBe("loaded");
    expect(await library.remove("other")).toBeUndefined();
    expect(inMemory).toEqual(["mine"]);
  });

  test("show how far a load is, and that another one waits for its turn", async () => {
    await own("mine");
    await own("other");
    const { promise: go, resolve } = Promise.withResolvers<void>();
    open({
      load: async (request) => {
        const engine = await load(request);
        await go;
        return engine;
      },
    });
    const mine = library.get("mine", never);
    await until(async () => (await library.model("mine")).loading === 0.5);
    const other = library.get("other", never);
    await until(async () => (await library.model("other")).loading !== null);
    expect(await library.model("mine")).toMatchObject({ state: "loading" });
    expect(await library.model("other")).toMatchObject({ state: "loading", loading: 0 });
    resolve();
    await Promise.all([mine, other]);
    expect(await library.model("other")).toMatchObject({ state: "loaded", loading: null });
  });
});

describe("deleting", () => {
  test("removes the file and what is known of it", async () => {
    open();
    await (await library.pull("smollm2-135m")).done;
    expect((await library.remove("smollm2-135m"))?.state).toBe("absent");
    await own("mine");
    expect(await library.remove("mine")).toBeUndefined();
    await expect(library.model("mine")).rejects.toMatchObject({ code: "model_not_found" });
  });

  test("is refused while the model is in use, or its file is not ours", async () => {
    const elsewhere = join(home, "elsewhere.gguf");
    await copyFile(join(home, "tiny"), elsewhere);
    await own("mine");
    open({ model: elsewhere });
    await library.get("mine", never);
    await expect(library.remove("mine")).rejects.toMatchObject({ code: "model_in_use" });
    await expect(library.remove("elsewhere")).rejects.toMatchObject({ code: "model_not_ours" });
    await expect(library.remove("nosuch")).rejects.toMatchObject({ code: "model_not_found" });
  });

  test("is refused while it is downloaded; to cancel keeps what has arrived", async () => {
    server.faults = [{ stallAt: 65_536 }];
    open();
    const { done } = await library.pull("smollm2-135m");
    await until(async () => (await library.model("smollm2-135m")).received > 0);
    await expect(library.remove("smollm2-135m")).rejects.toMatchObject({
      code: "model_downloading",
    });
    const stopped = await library.cancel("smollm2-135m");
    await expect(done).rejects.toMatchObject({ code: "download_stopped" });
    expect(stopped).toMatchObject({ state: "partial", error: null });
    expect(stopped.received).toBeGreaterThan(0);
    expect((await library.remove("smollm2-135m"))?.state).toBe("absent");
  });
});

test("closing ends downloads and frees the engine", async () => {
  await own("mine");
  server.faults = [{ stallAt: 65_536 }];
  open();
  await library.get("mine", never);
  const { done } = await library.pull("smollm2-135m");
  await library.close();
  await expect(done).rejects.toMatchObject({ code: "download_stopped" });
  expect(inMemory).toEqual([]);
  await expect(library.get("mine", never)).rejects.toThrow();
});

test("verifying reads every byte", async () => {
  open();
  await (await library.pull("smollm2-135m")).done;
  const seen: number[] = [];
  const digest = await library.verify("smollm2-135m", never, (read) => seen.push(read));
  expect(digest).toBe(sha256(server.bytes));
  expect(seen.at(-1)).toBe(server.bytes.length);
  await expect(library.verify("nosuch", never, () => {})).rejects.toMatchObject({
    code: "model_not_found",
  });
});
