/** A data folder and a hub for each test, and downloads from the one into the other. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import type { CatalogueModel } from "../../../src/engines/library/catalogue.ts";
import type { Hub } from "../../../src/engines/library/hub.ts";
import { type Progress, pull } from "../../../src/engines/library/pull.ts";
import { Store } from "../../../src/engines/library/store.ts";
import { bytesOf, HubServer, modelOf, sha256 } from "./hub-server.ts";

export const BYTES = bytesOf(1_500_000);
export const HALF = 700_000;
export let home: string;
export let server: HubServer;
export let store: Store;

/** Of each test of the file that calls it. */
export function withPlace(): void {
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "charla-"));
    store = new Store(home);
    server = await HubServer.start(Buffer.from(BYTES));
  });

  afterEach(async () => {
    await server.close();
    await rm(home, { recursive: true, force: true });
  });
}

export interface Attempt {
  model?: CatalogueModel;
  hub?: Partial<Hub>;
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
}

export async function attempt({ model = modelOf(BYTES), hub, signal, onProgress }: Attempt = {}) {
  await pull(model, {
    store,
    hub: server.hub(hub),
    signal: signal ?? new AbortController().signal,
    onProgress: onProgress ?? (() => {}),
  });
}

/** For this test, another folder of models. */
export function useFolder(path: string): void {
  store = new Store(path);
}

export const file = () => store.path("tiny.gguf");
export const part = () => store.path("tiny.gguf.part");
export const cdn = () => server.seen.filter((one) => one.server === "cdn");

export async function expectWhole(bytes: Uint8Array = BYTES) {
  expect(sha256(await readFile(file()))).toBe(sha256(bytes));
  expect(existsSync(part())).toBe(false);
}

/** Stops a download when it has come this far. */
export async function stopAt(bytes: number, more: Attempt = {}) {
  const abort = new AbortController();
  const onProgress = ({ received }: Progress) => {
    if (received >= bytes) abort.abort(new Error("enough"));
  };
  await expect(attempt({ ...more, signal: abort.signal, onProgress })).rejects.toThrow();
}
