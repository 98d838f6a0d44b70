/** One answer over a model whose tokens are bytes: what is told of them, and when. */
import { expect, test } from "vitest";
import type { Ending } from "../../../src/core/types.ts";
import type { Model } from "../../../src/engines/llama/native/model.ts";
import { type Generation, generation } from "../../../src/engines/llama/process/generation.ts";
import type { Written } from "../../../src/engines/llama/process/protocol.ts";
import { PLAIN } from "../../../src/engines/llama/process/tools-read.ts";
import { Sampler } from "../../../src/engines/llama/sampling/sampler.ts";

const END = 256;
const model = {
  piece: (id: number) => Buffer.of(id),
  isEnd: (id: number) => id === END,
  opensWithSpace: false,
} as unknown as Model;

/** Lets it write these bytes, and gives what it says. */
function write(bytes: readonly number[], changes: Partial<Generation> = {}) {
  const parts: (Written | Ending)[] = [];
  const sampling = { temperature: 0, topP: 1, maxTokens: 100, seed: 1 };
  const work = generation({
    ...{ model, prompt: [65], systemTokens: 0, stopTokens: new Set(), marks: new Map() },
    ...{ adapter: undefined, owner: undefined, alone: false, reader: PLAIN, resume: [] },
    sampler: new Sampler({ sampling, logprobs: 0 }),
    ...{ maxTokens: 100, template: "", signal: new AbortController().signal },
    send: (part) => void parts.push(part),
    done: () => {},
    ...changes,
  });
  work.onStart(0, 0);
  for (const byte of [...bytes, END]) {
    const logits = new Float32Array(END + 1);
    logits[byte] = 9;
    if (work.onLogits(logits, 0) === undefined) break;
  }
  work.onEnd();
  return parts.flatMap((part) => ("ids" in part ? [part] : []));
}

test("every token is told, also of a character that the end has cut in two", () => {
  const owl = [...Buffer.from("a🦉")].slice(0, 3);
  const parts = write(owl);
  expect(parts.map(({ text }) => text).join("")).toBe("a");
  expect(parts.flatMap(({ ids }) => ids)).toEqual(owl);
  expect(parts.flatMap(({ tokens = [] }) => tokens.flatMap(({ bytes }) => bytes))).toEqual(owl);
});

test("without log-probabilities nothing is told of what has no text", () => {
  const sampling = { temperature: 0, topP: 1, maxTokens: 100, seed: 1 };
  const parts = write([...Buffer.from("a🦉")].slice(0, 3), { sampler: new Sampler({ sampling }) });
  expect(parts.map(({ text }) => text)).toEqual(["a"]);
});
