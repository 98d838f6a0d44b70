import { execFileSync } from "node:child_process";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CharlaError } from "../../../src/core/errors.ts";
import { readGguf, readHeader, readVocabulary } from "../../../src/engines/library/gguf.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { writeLora } from "../../fixtures/lora.ts";
import { writeTiny } from "../../fixtures/tiny-llama.ts";

let folder: string;
let good: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "charla-"));
  writeGpt2(join(folder, "good.gguf"));
  good = await readFile(join(folder, "good.gguf"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What reading a file with these bytes gives: its header, or the code of the error. */
async function read(bytes: Uint8Array): Promise<unknown> {
  const path = join(folder, "one.gguf");
  await writeFile(path, bytes);
  return readGguf(path).catch((thrown) => {
    expect(thrown).toBeInstanceOf(CharlaError);
    return thrown.code;
  });
}

test("vocabularies are told apart by what is in them, whatever the model", async () => {
  const at = (name: string) => join(folder, name);
  writeTiny(at("llama.gguf"));
  writeTiny(at("qwen2.gguf"), "qwen2", 7);
  const [one, same, other] = await Promise.all(
    ["llama.gguf", "qwen2.gguf", "good.gguf"].map((name) => readVocabulary(at(name))),
  );
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(same).toBe(one);
  expect(other).not.toBe(one);
  await writeFile(at("cut.gguf"), "GGUF");
  await expect(readVocabulary(at("cut.gguf"))).rejects.toBeInstanceOf(CharlaError);
});

test("a header says what the model is", async () => {
  expect(await readGguf(join(folder, "good.gguf"))).toMatchObject({
    architecture: "gpt2",
    name: "Tiny GPT-2",
    contextWindow: 256,
    quantisation: "F32",
    // Two layers, each with keys and values of 32 numbers.
    kvPerToken: 128,
  });
});

test("a header says which adapter it is, and that it is no model", async () => {
  const path = join(folder, "lora.gguf");
  await writeLora(path, join(folder, "good.gguf"), { rank: 3, alpha: 6 });
  const lora = await readHeader(path);
  expect(lora).toMatchObject({ kind: "lora", architecture: "gpt2", rank: 3, alpha: 6 });
  expect(lora.tensors.get("blk.1.attn_qkv.weight.lora_b")).toEqual([3, 96]);
  await expect(readGguf(path)).rejects.toMatchObject({
    code: "model_file_unsupported",
    params: { what: "adapter" },
  });
});

test("a file that is cut off anywhere is refused", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4, max: good.length - 1 }), async (length) => {
      expect(await read(good.subarray(0, length))).toBe("model_file_truncated");
    }),
    { numRuns: 200 },
  );
});

test("a damaged header is read or refused, and nothing else happens", async () => {
  const byte = fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(byte, { minLength: 1, maxLength: 8 }), async (changes) => {
      const damaged = Buffer.from(good);
      for (const [at, value] of changes) damaged[at] = value;
      const result = await read(damaged);
      if (typeof result === "string") expect(result).toMatch(/^model_file_/);
    }),
    { numRuns: 300 },
  );
});

test("random bytes are never a model", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(await read(bytes)).toMatch(/^model_file_/);
      expect(await read(Buffer.concat([Buffer.from("GGUF"), bytes]))).toMatch(/^model_file_/);
    }),
  );
});

test.each([
  ["an empty file", "", "model_file_truncated"],
  ["a picture", "\x89PNG\r\n\x1a\n0000000000", "model_file_invalid"],
  ["a page that says no", "<!doctype html><title>404</title>", "model_file_invalid"],
  ["an older version", "GGUF\x01\0\0\0aaaaaaaaaaaaaaaa", "model_file_invalid"],
  ["a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1", "model_file_pointer"],
  ["one for big-endian machines", `GGUF\0\0\0\x03${"\0".repeat(16)}`, "model_file_big_endian"],
  ["a count that cannot be", `GGUF\x03\0\0\0${"\x7f".repeat(16)}`, "model_file_invalid"],
])("%s is refused", async (_, text, code) => {
  expect(await read(Buffer.from(text, "latin1"))).toBe(code);
});

/** The good file with another value for a text of its header, of the same length. */
const replaced = (from: string, to: string) => {
  const at = good.indexOf(from);
  return Buffer.concat([good.subarray(0, at), Buffer.from(to), good.subarray(at + from.length)]);
};

test("a file without a context window is not a language model", async () => {
  const other = replaced("gpt2.context_length", "gpt2.context_lengtX");
  expect(await read(other)).toBe("model_file_unsupported");
});

test("a part of a split model is refused", async () => {
  const key = "split.count";
  const pair = Buffer.concat([
    Buffer.from([key.length, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from(key),
    Buffer.from([2, 0, 0, 0, 3, 0]),
  ]);
  const pairs = Buffer.from(good.subarray(16, 24));
  pairs.writeBigUInt64LE(pairs.readBigUInt64LE() + 1n);
  const file = Buffer.concat([good.subarray(0, 16), pairs, pair, good.subarray(24)]);
  expect(await read(file)).toBe("model_file_unsupported");
});

test.each([
  ["the file", 2 ** 40, "model_file_truncated"],
  ["any header", 300e6, "model_file_invalid"],
])("a text that is said to be longer than %s is refused", async (_, length, code) => {
  const path = join(folder, "sparse.gguf");
  const damaged = Buffer.from(good);
  damaged.writeBigUInt64LE(BigInt(length), 24);
  await writeFile(path, damaged);
  const file = await open(path, "r+");
  await file.truncate(2 ** 31);
  await file.close();
  await expect(readGguf(path)).rejects.toMatchObject({ code });
});

/** The good file with one more text in its header. */
function saying(key: string, value: string): Buffer {
  const sized = (text: string) => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
    return Buffer.concat([size, Buffer.from(text)]);
  };
  const pairs = Buffer.alloc(8);
  pairs.writeBigUInt64LE(good.readBigUInt64LE(16) + 1n);
  const pair = Buffer.concat([sized(key), Buffer.from([8, 0, 0, 0]), sized(value)]);
  return Buffer.concat([good.subarray(0, 16), pairs, pair, good.subarray(24)]);
}

test("texts of a header are short and control no terminal", async () => {
  const evil = `\x1b]0;PWNED\x07${"A".repeat(3_000_000)}`;
  const licence = await read(saying("general.license", evil));
  expect(licence).toMatchObject({ licence: expect.stringMatching(/^\]0;PWNEDA{50,100}$/) });
  const path = join(folder, "\x1b[31m.gguf");
  await writeFile(path, saying("general.type", evil));
  const error = await readGguf(path).catch((thrown) => thrown);
  expect(error.code).toBe("model_file_unsupported");
  expect(error.message).toMatch(/^\[31m\.gguf is a GGUF file, [ -~]+$/);
  expect(error.message.length).toBeLessThan(300);
});

test("what is no file is refused without being opened", async ({ skip }) => {
  if (process.platform === "win32") return skip("no such things there");
  const pipe = join(folder, "pipe.gguf");
  execFileSync("/usr/bin/mkfifo", [pipe]);
  for (const path of [pipe, "/dev/zero"]) {
    await expect(readGguf(path)).rejects.toMatchObject({ code: "model_file_invalid" });
  }
});

test("a file that is not there, and a folder, are clear errors", async () => {
  for (const path of [join(folder, "none.gguf"), folder]) {
    await expect(readGguf(path)).rejects.toMatchObject({ code: "model_file_missing" });
  }
});
