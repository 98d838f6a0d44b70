/**
 * Folders that are gone when the test is over.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Engine } from "../../../src/core/engine.ts";
import type { Opened } from "../../../src/core/feature.ts";
import { serve, type TestServer } from "./server.ts";

export async function temporaryHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "charla-test-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

export async function serveTemporarily(
  engine?: Engine,
  extra?: readonly Opened[],
): Promise<TestServer> {
  return serve(await temporaryHome(), engine, extra);
}

/** Waits for something that happens on its own; the test's time limit is the only limit. */
export async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
