/** What an adapter has learned, added to a file's own numbers. */
import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Place, readPlaces } from "../../../src/engines/library/gguf.ts";
import { addLora } from "../../../src/engines/library/merge.ts";
import { temporary } from "../../fixtures/charla.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { writeLora } from "../../fixtures/lora.ts";

const { signal } = new AbortController();

async function files() {
  const folder = temporary();
  const [path, adapter] = [join(folder, "model.gguf"), join(folder, "lora.gguf")];
  writeGpt2(path);
  await writeLora(adapter, path, { rank: 4, alpha: 8 });
  return { path, adapter };
}

async function tensors(path: string): Promise<ReadonlyMap<string, Float32Array>> {
  const bytes = readFileSync(path);
  const places = await readPlaces(path);
  const read = ({ shape, at }: Place) => {
    const length = 4 * shape.reduce((product, one) => product * one, 1);
    return new Float32Array(new Uint8Array(bytes.subarray(at, at + length)).buffer);
  };
  return new Map([...places].map(([name, place]) => [name, read(place)]));
}

test("each matrix is W + alpha / rank · B A, and everything else is as it was", async () => {
  const { path, adapter } = await files();
  const [before, learned, places] = [
    await tensors(path),
    await tensors(adapter),
    await readPlaces(path),
  ];
  const told: [number, number][] = [];
  await addLora({ path, adapter, signal, progress: (...one) => void told.push(one) });
  const after = await tensors(path);
  expect([...after.keys()]).toEqual([...before.keys()]);
  for (const [name, now] of after) {
    const was = before.get(name) as Float32Array;
    const [a, b] = [learned.get(`${name}.lora_a`), learned.get(`${name}.lora_b`)];
    if (!a || !b) {
      expect(now).toEqual(was);
      continue;
    }
    const [width = 0] = places.get(name)?.shape ?? [];
    now.forEach((value, at) => {
      const [row, column] = [Math.floor(at / width), at % width];
      const more = [0, 1, 2, 3].map((n) => (b[4 * row + n] ?? 0) * (a[n * width + column] ?? 0));
      const sum = (was[at] ?? 0) + 2 * more.reduce((all, one) => all + one, 0);
      expect(value).toBeCloseTo(sum, 5);
    });
  }
  const [done, total] = told.at(-1) ?? [];
  expect([done, told.length]).toEqual([total, 2]);
});

test.each(["path", "adapter"] as const)(
  "a file that becomes shorter meanwhile is told, and not taken for zeros: %s",
  async (which) => {
    const given = await files();
    const progress = () => truncateSync(given[which], 4000);
    await expect(addLora({ ...given, signal, progress })).rejects.toMatchObject({
      code: "model_file_truncated",
    });
  },
);
