/** Engines over the fake model process, and what tests ask them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Engine, Piece, Request } from "../../../../src/core/engine.ts";
import type { Ending } from "../../../../src/core/types.ts";
import { isEnding, textOf } from "../../../../src/engines/ai-sdk.ts";
import { type StartOptions, startEngine } from "../../../../src/engines/llama/service/index.ts";
import type { Behaviour } from "../../../fixtures/fake-process.ts";

export const PLAN = {
  ...{ slots: 4, contextTokens: 4096, kvType: "f16" as const, threads: 1, batchThreads: 1 },
  ...{ batchTokens: 64, flashAttention: false, lockMemory: false, draftTokens: 0 },
};

export interface Fake {
  readonly engine: Engine;
  /** What the processes did, a line each. */
  log(): string[];
  /** Process ids, oldest first. */
  pids(): number[];
}

export async function fake(
  behaviour: Partial<Behaviour> = {},
  options: Partial<StartOptions> = {},
): Promise<Fake> {
  const folder = mkdtempSync(join(tmpdir(), "charla-fake-"));
  const log = () => readFileSync(join(folder, "log"), "utf8").trim().split("\n");
  const engine = await startEngine({
    ...{ id: "fake", name: "Fake", plan: PLAN, patienceMs: 3000 },
    path: JSON.stringify({ folder, tokenMs: 1, ...behaviour }),
    program: new URL("../../../fixtures/fake-process.ts", import.meta.url),
    ...options,
  });
  onTestFinished(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });
  const starts = () => log().filter((line) => line.startsWith("start "));
  return { engine, log, pids: () => starts().map((line) => Number(line.split(" ")[1])) };
}

export function request(content: string, changes: Partial<Request> = {}, seed = 7): Request {
  return {
    messages: [{ role: "user", content }],
    sampling: { temperature: 1, topP: 1, maxTokens: 1000, seed },
    reproducible: false,
    signal: new AbortController().signal,
    ...changes,
  };
}

export interface Read {
  readonly pieces: readonly Piece[];
  readonly text: string;
  readonly ending: Ending | undefined;
  readonly error: unknown;
}

/** Reads an answer to its end, whatever the end is. */
export async function read(
  answer: AsyncIterable<Piece>,
  onPiece: (piece: Piece) => void = () => {},
): Promise<Read> {
  const pieces: Piece[] = [];
  let error: unknown;
  try {
    for await (const piece of answer) {
      pieces.push(piece);
      onPiece(piece);
    }
  } catch (thrown) {
    error = thrown;
  }
  return { pieces, text: pieces.map(textOf).join(""), ending: pieces.find(isEnding), error };
}
