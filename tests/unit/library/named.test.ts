/** Models that people bring: by what the hub calls them, by a path, and piece by piece. */
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "../../../src/engines/library/named.ts";
import { writeLora } from "../../fixtures/lora.ts";
import { home, library, models, never, open, server, withLibrary } from "./library-place.ts";

withLibrary();

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "",
    ({ code }) => code,
  );

test.each([
  ["owner/name", { repository: "owner/name", revision: "main" }],
  ["owner/name:Q8_0", { repository: "owner/name", revision: "main", size: "Q8_0" }],
  ["hf.co/owner/name:q4_0", { repository: "owner/name", revision: "main", size: "q4_0" }],
  ["owner/name/a b.gguf", { repository: "owner/name", revision: "main", path: "a b.gguf" }],
  [
    "https://huggingface.co/owner/name/blob/v1/q/x.gguf?download=true",
    { repository: "owner/name", revision: "v1", path: "q/x.gguf" },
  ],
  ["https://huggingface.co/owner/name/tree/main", { repository: "owner/name", revision: "main" }],
  [
    "https://mirror.example/owner/name/resolve/main/x.gguf",
    { repository: "owner/name", revision: "main", path: "x.gguf" },
  ],
])("%s is an address", (address, place) => {
  expect(parse(address, "https://mirror.example")).toEqual({ size: undefined, ...place });
});

test.each(["", "name", "https://elsewhere.example/a/b", "owner/name/x.bin", "o/n/../../x.gguf"])(
  "%j is none",
  (address) => expect(parse(address, "https://hub.example")).toBeUndefined(),
);

test("what the hub has is known by its file, downloaded, kept over a restart, and removed", async () => {
  server.names = ["README.md", "x-00001-of-00002.gguf", "q/other-Q8_0.gguf", "q/other-Q4_K_M.gguf"];
  open();
  const named = await library.name("someone/other-GGUF", never);
  expect(named).toMatchObject({
    ...{ id: "other-q4_k_m", name: "other-Q4_K_M", own: true, state: "absent" },
    ...{ quantisation: "Q4_K_M", fileBytes: server.bytes.length },
  });
  // Named twice, it is one.
  expect((await library.name("someone/other-GGUF:Q4_K_M", never)).id).toBe(named.id);
  await library.close();
  open();
  const { done } = await library.pull(named.id);
  await done;
  expect(server.seen.some(({ path }) => path.endsWith("/resolve/main/q/other-Q4_K_M.gguf"))).toBe(
    true,
  );
  expect(await readdir(models())).toContain("other-Q4_K_M.gguf");
  // The file says what the hub did not.
  expect(await library.model(named.id)).toMatchObject({ state: "ready", contextWindow: 256 });
  expect(await library.remove(named.id)).toBeUndefined();
  expect(await code(library.model(named.id))).toBe("model_not_found");
  const { recommended } = await library.models();
  expect(recommended === named.id).toBe(false);
});

test("what is no model of the hub is said to be none", async () => {
  open();
  expect(await code(library.name("no address", never))).toBe("model_address_unknown");
  server.names = ["README.md"];
  expect(await code(library.name("a/b", never))).toBe("model_address_unknown");
  server.names = ["x-00001-of-00002.gguf"];
  expect(await code(library.name("a/b", never))).toBe("model_in_parts");
  server.names = ["x-Q4_0.gguf"];
  expect(await code(library.name("a/b:Q8_0", never))).toBe("model_size_unknown");
});

test("a file elsewhere on the machine is linked, and only the link is removed", async () => {
  const path = join(home, "Mine.gguf");
  await copyFile(join(home, "tiny"), path);
  open();
  const linked = await library.name(path, never);
  expect(linked).toMatchObject({ id: "mine", own: true, state: "ready" });
  expect((await library.name(path, never)).id).toBe("mine");
  expect(await code(library.name(join(home, "none.gguf"), never))).toBe("model_file_missing");
  await writeFile(join(home, "other.gguf"), "no model");
  expect(await code(library.name(join(home, "other.gguf"), never))).toBe("model_file_invalid");
  await library.remove("mine");
  expect(await readdir(models())).not.toContain("Mine.gguf");
  expect((await readFile(path)).length).toBe(server.bytes.length);
});

test("a file that is sent in pieces is a model once it is whole", async () => {
  open();
  const { bytes } = server;
  const total = bytes.length;
  const half = Math.floor(total / 2);
  const send = (at: number, end: number, file = "sent.gguf") =>
    library.take(file, { at, total }, ReadableStream.from([bytes.subarray(at, end)]));
  expect(await send(0, half)).toEqual({ received: half, model: null });
  expect(await code(send(half + 1, total))).toBe("piece_misplaced");
  expect((await library.models()).models.map(({ id }) => id)).not.toContain("sent");
  // A piece that was cut is sent again.
  await send(half - 10, half + 10);
  const { model } = await send(half + 10, total);
  expect(model).toMatchObject({ id: "sent", state: "ready" });
  expect(await readFile(join(models(), "sent.gguf"))).toEqual(bytes);
  expect(await code(send(0, half))).toBe("model_name_taken");

  await library.take(
    "gone.gguf",
    { at: 0, total: 99 },
    ReadableStream.from([bytes.subarray(0, 9)]),
  );
  await library.drop("gone.gguf");
  const text = new TextEncoder().encode("no model");
  const whole = { at: 0, total: text.length };
  expect(await code(library.take("text.gguf", whole, ReadableStream.from([text])))).toBe(
    "model_file_invalid",
  );
  const more = library.take("more.gguf", { at: 0, total: 3 }, ReadableStream.from([text]));
  expect(await code(more)).toBe("piece_misplaced");
  await library.drop("more.gguf");
  await writeLora(join(home, "lora.gguf"), join(home, "tiny"));
  const lora = await readFile(join(home, "lora.gguf"));
  const adapter = { at: 0, total: lora.length };
  // An adapter is one at once, too.
  expect(await library.take("lora.gguf", adapter, ReadableStream.from([lora]))).toEqual({
    ...{ received: lora.length, model: null },
  });
  expect((await library.models()).adapters).toMatchObject([{ id: "lora", models: ["sent"] }]);
  expect((await readdir(models())).filter((name) => /sent$|gone|more|text/.test(name))).toEqual([]);
});
