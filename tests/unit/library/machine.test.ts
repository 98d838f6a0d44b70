import { expect, test } from "vitest";
import { CATALOGUE, STARTER } from "../../../src/engines/library/catalogue.ts";
import { recommend } from "../../../src/engines/library/machine.ts";

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
