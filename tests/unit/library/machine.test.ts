import { expect, test } from "vitest";
import { CATALOGUE, STARTER } from "../../../src/engines/library/catalogue.ts";
import {
  freeMemory,
  kvBytes,
  memoryBudget,
  memoryBytes,
  recommend,
} from "../../../src/engines/library/machine.ts";

const GB = 2 ** 30;

test.each([
  [1, 1, null, STARTER],
  [2, 4, null, "qwen2.5-1.5b"],
  [2, 24, null, "qwen2.5-1.5b"],
  [4, 8, null, "qwen3-4b"],
  [8, 16, null, "ministral-3-8b"],
  [8, 16, "CUDA", "gemma-4-12b"],
  [8, 32, null, "gemma-4-26b-a4b"],
  [2, 0.5, null, null],
] as const)("%i cores with %i GB and %s run %s", (cores, memory, gpu, id) => {
  expect(recommend(CATALOGUE, { cores, memoryBytes: memory * GB, gpu })).toBe(id);
});

test("the memory for models is a share of the machine's, or what is set", () => {
  expect(memoryBudget("4 GB")).toBe(4e9);
  expect(memoryBudget("1.5gb")).toBe(1.5e9);
  expect(memoryBudget("800 MB")).toBe(8e8);
  expect(memoryBudget("100 %") * 0.6).toBeCloseTo(memoryBudget());
  expect(memoryBudget()).toBeGreaterThan(1e8);
});

test("what the user leaves Charla of the memory is all there is", () => {
  expect(memoryBytes(1e9)).toBe(1e9);
  expect(memoryBytes(1e15)).toBe(memoryBytes());
  expect(memoryBudget(undefined, 1e9)).toBe(6e8);
  expect(memoryBudget("50 %", 1e9)).toBe(5e8);
  // The server itself needs some of it.
  expect(freeMemory(1e9)).toBeLessThanOrEqual(8e8);
  expect(freeMemory()).toBeGreaterThan(1e8);
});

test("a context window takes its keys and values, and no longer one than the model has", () => {
  const gguf = { kvPerToken: 1000, contextWindow: 4096 };
  expect(kvBytes(gguf, 8192)).toBe(4096 * 2000);
  expect(kvBytes(gguf, 1024)).toBe(1024 * 2000);
});

test("the catalogue pins what it offers, in order of what it takes", () => {
  const ids = CATALOGUE.map((model) => model.id);
  expect(ids[0]).toBe(STARTER);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(CATALOGUE.map((model) => model.hub.file)).size).toBe(ids.length);
  const memory = CATALOGUE.map((model) => model.memoryBytes);
  expect(memory).toEqual(memory.toSorted((a, b) => a - b));
  for (const { id, digest, hub, languages, memoryBytes, fileBytes } of CATALOGUE) {
    expect(id).toMatch(/^[a-z0-9.-]+$/);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(hub.revision).toMatch(/^[0-9a-f]{40}$/);
    expect(memoryBytes).toBeGreaterThan(fileBytes);
    if (id !== STARTER) expect(languages).toContain("es");
  }
});
