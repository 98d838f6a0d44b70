/** The starter model out of its Python package, by the machine's own pip. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CATALOGUE, STARTER } from "../../src/engines/library/catalogue.ts";
import { hubFrom } from "../../src/engines/library/hub.ts";
import { Library } from "../../src/engines/library/index.ts";

const load = () => Promise.reject(new TypeError("nothing is loaded here"));
const never = new AbortController().signal;
let home: string;
let library: Library;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "charla-"));
  const hub = hubFrom({ HF_HUB_OFFLINE: "1" });
  library = new Library({ home, hub, load, log: () => {} });
});

afterEach(async () => {
  await library.close();
  await rm(home, { recursive: true, force: true });
});

test("comes whole, with progress, and leaves nothing else behind", {
  timeout: 300_000,
}, async () => {
  const { done } = await library.pull(STARTER);
  const ended = new AbortController();
  void done.catch(() => {}).finally(() => ended.abort());
  const seen: number[] = [];
  while (!ended.signal.aborted) {
    const { state, received } = await library.model(STARTER);
    if (state === "downloading") seen.push(received);
    await library.change(ended.signal);
  }
  await done;
  expect(seen.at(-1)).toBeGreaterThan(0);
  expect(seen, "a download never runs backwards").toEqual(seen.toSorted((a, b) => a - b));
  const starter = CATALOGUE[0];
  expect(await library.verify(STARTER, never, () => {})).toBe(starter?.digest);
  expect(existsSync(join(home, "models", ".charla", `${starter?.hub.file}.pip`))).toBe(false);
});

test("stops when it is told to, and can be had later", { timeout: 300_000 }, async () => {
  const { done } = await library.pull(STARTER);
  await library.change(AbortSignal.timeout(1000));
  const { state } = await library.cancel(STARTER);
  expect(["absent", "partial"]).toContain(state);
  await expect(done).rejects.toMatchObject({ code: "download_stopped" });
  await (await library.pull(STARTER)).done;
  expect((await library.model(STARTER)).state).toBe("ready");
  expect((await readFile(join(home, "models", CATALOGUE[0]?.hub.file ?? ""))).length).toBe(
    CATALOGUE[0]?.fileBytes,
  );
});
