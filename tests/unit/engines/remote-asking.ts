/** What the suites of the remote engine ask, and of which servers. */
import { expect } from "vitest";
import type { Engine, Request } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import type { Message } from "../../../src/core/types.ts";
import { remote } from "../../../src/engines/remote/index.ts";
import type { Fake } from "./fake.ts";

export const CHAT = "POST /v1/chat/completions";
export const KEY = "sk-very-secret-0123456789";
export const never = new AbortController().signal;
export const question: Message[] = [{ role: "user", content: "Good morning" }];

export const models = (...data: object[]) => ({
  "GET /v1/models": () => ({ object: "list", data }),
});
export const ollama = models({ id: "llama3.2", object: "model", owned_by: "library" });

export const request = (changes: Partial<Request> = {}): Request => ({
  messages: question,
  sampling: { temperature: 0.7, topP: 0.9, maxTokens: 100, seed: 1 },
  reproducible: false,
  signal: never,
  ...changes,
});

export async function engineOf(server: Fake, options: object = {}): Promise<Engine> {
  return remote({ url: server.url, retryMs: 1, ...options }).get(undefined, never);
}

export async function failure(work: Promise<unknown>): Promise<CharlaError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(CharlaError);
  expect(JSON.stringify(thrown)).not.toContain(KEY);
  return thrown as CharlaError;
}
