/** A library in a folder of its own for each test, whose engines have no weights. */
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { Engine } from "../../../src/core/engine.ts";
import {
  Library,
  type LibraryOptions,
  type LoadRequest,
} from "../../../src/engines/library/index.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { HubServer, modelOf } from "./hub-server.ts";

export let home: string;
export let server: HubServer;
export let library: Library;
/** Models that were loaded and not closed yet, in order. */
export let inMemory: string[];
export let loads: string[];
export let requests: LoadRequest[];

export const never = new AbortController().signal;
export const question = [{ role: "user" as const, content: "one two three four" }];

/** Of each test of the file that calls it. */
export function withLibrary(): void {
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "charla-"));
    await mkdir(join(home, "models"));
    writeGpt2(join(home, "tiny"));
    server = await HubServer.start(await readFile(join(home, "tiny")));
    [inMemory, loads, requests] = [[], [], []];
  });

  afterEach(async () => {
    await library?.close();
    await server.close();
    await rm(home, { recursive: true, force: true });
  });
}

export const models = () => join(home, "models");

export async function load(request: LoadRequest): Promise<Engine> {
  const { id } = request;
  loads.push(id);
  requests.push(request);
  request.onProgress(0.5);
  const engine = scripted({ id, tokenMs: 1 });
  inMemory.push(id);
  return {
    ...engine,
    close: async () => {
      inMemory = inMemory.filter((one) => one !== id);
    },
  };
}

export function open(more: Partial<LibraryOptions> = {}): Library {
  const catalogue = [modelOf(server.bytes, { id: "smollm2-135m" })];
  const log = () => {};
  library = new Library({ home, load, log, hub: server.hub(), catalogue, ...more });
  return library;
}

/** Puts a file of the user's into the models folder. */
export async function own(name: string) {
  await copyFile(join(home, "tiny"), join(models(), `${name}.gguf`));
}

export async function ask(engine: Engine, signal: AbortSignal = never): Promise<string> {
  let text = "";
  for await (const part of engine.generate(requestOf(signal))) {
    if (typeof part === "string") text += part;
  }
  return text;
}

export const requestOf = (signal: AbortSignal) => ({
  messages: question,
  sampling: { temperature: 0, topP: 1, maxTokens: 100, seed: 1 },
  reproducible: false,
  signal,
});

/** Waits until the library says so. */
export async function until(holds: () => boolean | Promise<boolean>) {
  while (!(await holds())) await library.change(AbortSignal.timeout(50));
}

export const stateOf = async (id: string) => (await library.model(id)).state;
