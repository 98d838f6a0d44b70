/** The new file appears whole or not at all, whatever the library does. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import type { Quantising, Tally } from "../../../src/core/quantising.ts";
import { stopped } from "../../../src/features/quantize/errors.ts";
import type { Tools } from "../../../src/features/quantize/tools.ts";
import { write } from "../../../src/features/quantize/write.ts";
import { temporary } from "../../fixtures/charla.ts";
import { tools } from "./tools.ts";

const TALLY = {
  tensors: 2,
  bytesBefore: 10,
  bytesAfter: 6,
  converted: 1,
  fitting: 1,
  fallbacks: 0,
};
let folder: string;
let input: string;
let output: string;

beforeEach(() => {
  folder = temporary();
  input = join(folder, "in");
  output = join(folder, "out");
  writeFileSync(input, "0123456789");
});

/** Runs what a library would do, after a dry run that finds nothing wrong. */
function writing(
  work: (job: Quantising) => Promise<Tally>,
  { signal = new AbortController().signal, ...own }: Partial<Tools> & { signal?: AbortSignal } = {},
) {
  const quantise = async (job: Quantising) => (job.dryRun ? TALLY : work(job));
  const all = tools({ quantise, freeBytes: async () => 1e9, ...own });
  const wish = {
    input,
    output,
    type: "Q8_0" as const,
    allowRequantize: false,
    force: false,
    signal,
  };
  return write(all, wish, () => {});
}

const files = () => readdirSync(folder).toSorted();

test("the file is written under another name, and then has its own", async () => {
  let seen: string[] = [];
  const tally = await writing(async (job) => {
    writeFileSync(job.output, "whole");
    seen = files();
    return TALLY;
  });
  expect(tally).toEqual(TALLY);
  expect(seen).toEqual(["in", "out.part"]);
  expect(files()).toEqual(["in", "out"]);
  expect(readFileSync(output, "utf8")).toBe("whole");
});

test("what fails leaves nothing, and what was there stays", async () => {
  writeFileSync(output, "old");
  const failing = writing(async (job) => {
    writeFileSync(job.output, "half");
    throw new CharlaError("quantise_failed", { message: "x", hint: "y" });
  });
  await expect(failing).rejects.toMatchObject({ code: "quantise_failed" });
  expect(files()).toEqual(["in", "out"]);
  expect(readFileSync(output, "utf8")).toBe("old");
});

test("a disk that fills up on the way is what is named", async () => {
  let free = 1e9;
  const freeBytes = async () => free;
  const failing = writing(
    async () => {
      free = 1000;
      throw new Error("basic_ios::clear: iostream error");
    },
    { freeBytes },
  );
  await expect(failing).rejects.toMatchObject({ code: "quantise_no_space" });
});

test("who stops it at the last moment gets no file", async () => {
  const stopping = new AbortController();
  const failing = writing(
    async (job) => {
      writeFileSync(job.output, "whole");
      stopping.abort(stopped(basename(output)));
      return TALLY;
    },
    { signal: stopping.signal },
  );
  await expect(failing).rejects.toMatchObject({ code: "quantise_stopped" });
  expect(files()).toEqual(["in"]);
});
