/** What `charla quantize` refuses before it begins, with real files. */
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { readGguf } from "../../../src/engines/library/gguf.ts";
import { freeBytes } from "../../../src/engines/library/machine.ts";
import {
  checkFit,
  checkInput,
  checkOutput,
  checkSpace,
  knownType,
  readText,
  reserve,
} from "../../../src/features/quantize/checks.ts";
import { temporary } from "../../fixtures/charla.ts";
import { STRING, UINT32, writeGguf } from "../../fixtures/gguf.ts";
import { writeGpt2 } from "../../fixtures/gpt2.ts";
import { tools } from "./tools.ts";

let folder: string;
let input: string;
const at = (name: string) => join(folder, name);
const paths = (output: string) => ({ input, output, part: `${output}.part` });

beforeEach(() => {
  folder = temporary();
  input = at("f32.gguf");
  writeGpt2(input);
});

test("types are known in capitals and small letters, and others are listed", () => {
  expect(knownType("q4_k_m")).toBe("Q4_K_M");
  expect(() => knownType("Q4")).toThrow(
    expect.objectContaining({
      code: "invalid_setting",
      hint: expect.stringContaining("F16 | BF16 | Q8_0"),
    }),
  );
});

test("a file that is quantised already is taken only when that is allowed", async () => {
  await checkInput(tools(), input, false);
  const quantised = at("q4.gguf");
  writeGguf(
    quantised,
    {
      "general.architecture": { type: STRING, value: "llama" },
      "general.file_type": { type: UINT32, value: 15 },
      "llama.context_length": { type: UINT32, value: 64 },
    },
    [],
  );
  const real = tools({ inspect: readGguf });
  await expect(checkInput(real, quantised, false)).rejects.toMatchObject({
    code: "quantise_already",
    params: { quantisation: "Q4_K_M" },
  });
  await checkInput(real, quantised, true);
});

test("what is not a whole model is refused by what it is", async () => {
  const real = tools({ inspect: readGguf });
  writeFileSync(at("text"), "once upon a time");
  await expect(checkInput(real, at("text"), true)).rejects.toMatchObject({
    code: "model_file_invalid",
  });
  await expect(checkInput(real, at("absent"), true)).rejects.toMatchObject({
    code: "model_file_missing",
  });
  const adapter = {
    "general.architecture": { type: STRING, value: "gpt2" },
    "general.type": { type: STRING, value: "adapter" },
    "adapter.type": { type: STRING, value: "lora" },
  };
  writeGguf(at("adapter"), adapter, []);
  await expect(checkInput(real, at("adapter"), true)).rejects.toMatchObject({
    code: "model_file_unsupported",
  });
});

test("the file that is read is never written, by whatever name", async () => {
  symlinkSync(input, at("symbolic.gguf"));
  linkSync(input, at("hard.gguf"));
  for (const name of ["f32.gguf", "symbolic.gguf", "hard.gguf"]) {
    const refused = checkOutput(paths(at(name)), true);
    await expect(refused, name).rejects.toMatchObject({ code: "quantise_same_file" });
  }
  linkSync(input, at("other.gguf.part"));
  const refused = checkOutput(paths(at("other.gguf")), true);
  await expect(refused).rejects.toMatchObject({ code: "quantise_same_file" });
});

test("a file that is there is replaced only by force, and a folder never", async () => {
  writeFileSync(at("there.gguf"), "");
  const refused = checkOutput(paths(at("there.gguf")), false);
  await expect(refused).rejects.toMatchObject({ code: "quantise_output_exists" });
  await checkOutput(paths(at("there.gguf")), true);
  mkdirSync(at("folder"));
  await expect(checkOutput(paths(at("folder")), true)).rejects.toMatchObject({
    code: "quantise_output_unusable",
  });
  await checkOutput(paths(at("new.gguf")), false);
});

test("two runs do not write the same file", async () => {
  const part = at("new.gguf.part");
  const first = await reserve(part, false);
  await expect(reserve(part, false)).rejects.toMatchObject({ code: "quantise_unfinished" });
  await reserve(part, true);
  await first[Symbol.asyncDispose]();
  await reserve(part, false);
  await expect(reserve(at("no/such.part"), false)).rejects.toMatchObject({
    code: "quantise_output_unusable",
    params: { reason: "ENOENT" },
  });
});

test("a type that fits no tensor is refused, and one that fits some is not", () => {
  const tally = {
    tensors: 9,
    bytesBefore: 9,
    bytesAfter: 9,
    converted: 4,
    fitting: 0,
    fallbacks: 3,
  };
  expect(() => checkFit(tally, "Q4_K_M", input)).toThrow(
    expect.objectContaining({ code: "quantise_type_unfit" }),
  );
  checkFit({ ...tally, fitting: 1 }, "Q4_K_M", input);
  checkFit({ ...tally, converted: 0 }, "F32", input);
});

test("the disk needs room for the tensors and for the rest of the file", async () => {
  const tally = {
    tensors: 9,
    bytesBefore: 0,
    bytesAfter: 5e6,
    converted: 4,
    fitting: 4,
    fallbacks: 0,
  };
  const full = tools({ freeBytes: async () => 5e6 });
  await expect(checkSpace(full, { folder, input, tally })).rejects.toMatchObject({
    code: "quantise_no_space",
    params: { needed: 6, free: 5 },
  });
  const needed = await checkSpace(tools({ freeBytes }), { folder, input, tally });
  expect(needed).toBeGreaterThan(5e6);
});

test("a report needs a text in UTF-8", async () => {
  writeFileSync(at("text"), "El niño\n");
  expect(await readText(at("text"))).toBe("El niño\n");
  writeFileSync(at("empty"), " \n");
  writeFileSync(at("binary"), Buffer.from([0xff, 0xfe, 0x00]));
  for (const name of ["empty", "binary", "absent"]) {
    const refused = readText(at(name));
    await expect(refused, name).rejects.toMatchObject({ code: "quantise_text_unusable" });
  }
});
