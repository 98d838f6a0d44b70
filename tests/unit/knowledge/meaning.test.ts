/** Finding by meaning: the model's file, the vectors that follow, and what they find. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGguf } from "../../../src/engines/library/gguf.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { toGguf } from "../../../src/features/knowledge/meaning/convert.ts";
import { MeaningModel } from "../../../src/features/knowledge/meaning/model.ts";
import type { MakeTools } from "../../../src/features/knowledge/meaning/tools.ts";
import { temporary } from "../../fixtures/databases.ts";
import { opened } from "./opened.ts";

const written = (bytes: number, write: (to: Buffer) => void) => {
  const buffer = Buffer.alloc(bytes);
  write(buffer);
  return buffer;
};
const i32 = (...values: number[]) =>
  Buffer.concat(values.map((value) => written(4, (to) => to.writeInt32LE(value))));
const f32 = (value: number) => written(4, (to) => to.writeFloatLE(value));
const u64 = (value: number) => written(8, (to) => to.writeBigUInt64LE(BigInt(value)));

/** Name, type (1 is Q4_0), numbers. */
const TENSORS: readonly (readonly [string, number, number])[] = [
  ["emb.word", 1, 8 * 32],
  ["emb.pos", 0, 16 * 32],
  ["emb.type", 0, 2 * 32],
  ["emb.ln.w", 0, 32],
  ["l0.fo.w", 1, 64 * 32],
  ["l0.fi.b", 0, 64],
];
const sizeOf = ([, type, count]: (typeof TENSORS)[number]) =>
  type === 1 ? (count / 32) * 18 : 4 * count;

/** A file as the package has it: one layer, 32 numbers wide, six pieces of eight. */
function small(): Buffer {
  const pieces = ["<s>", "<pad>", "</s>", "<unk>", "\u2581a", "<mask>"];
  const offsets = [0];
  for (const piece of pieces) offsets.push((offsets.at(-1) ?? 0) + Buffer.byteLength(piece));
  const head = Buffer.concat([
    ...[Buffer.from("E5S1"), i32(1, 32, 1, 2, 64, 8, 16, 2), f32(1e-12), i32(32)],
    ...[i32(pieces.length, 0, 2, 1, 3), u64(offsets.at(-1) ?? 0), i32(...offsets)],
    ...[...pieces.map((_, id) => f32(-id)), Buffer.from(pieces.join("")), i32(0, 0)],
  ]);
  const directory = (at: number) => {
    let offset = at;
    const entries = TENSORS.map((tensor) => {
      const [name, type, count] = tensor;
      const length = written(2, (to) => to.writeUInt16LE(name.length));
      const place = [u64(offset), u64(sizeOf(tensor))];
      offset += sizeOf(tensor);
      return Buffer.concat([length, Buffer.from(name), Buffer.of(type), i32(count), ...place]);
    });
    return Buffer.concat([i32(TENSORS.length), ...entries]);
  };
  const before = head.length + directory(0).length;
  const data = TENSORS.map((tensor, index) => Buffer.alloc(sizeOf(tensor), index + 1));
  return Buffer.concat([head, directory(before), ...data]);
}

test("a model of the package becomes a GGUF file that llama.cpp would know", async () => {
  const path = join(await temporary(), "tiny.gguf");
  const made = toGguf(small());
  writeFileSync(path, made);
  const gguf = await readGguf(path);
  expect(gguf).toMatchObject({ architecture: "bert", contextWindow: 16, quantisation: "Q4_0" });
  expect(Object.fromEntries(gguf.tensors)).toMatchObject({
    "token_embd.weight": [32, 8],
    "token_types.weight": [32, 2],
    "token_embd_norm.weight": [32],
    "blk.0.ffn_down.weight": [64, 32],
    "blk.0.ffn_up.bias": [64],
  });
  // The blocks themselves are copied as they are.
  expect(made.includes(Buffer.alloc(8 * 18, 1))).toBe(true);
  expect(() => toGguf(Buffer.from("GGUF and so on"))).toThrow(RangeError);
});

/** Texts of one subject have the same vector, whatever their words. */
const SUBJECTS = [/leave|vacaciones/i, /roses|garden/i, /invoice|pay\b/i];
const asked: string[] = [];
const tools: MakeTools = async () => ({
  async *fromWheel() {
    yield Buffer.from("another file");
  },
  open: async () => ({
    ...scripted(),
    async embed(texts) {
      asked.push(...texts);
      const vectors = texts.map((text) => {
        const near = [...SUBJECTS.map((subject) => Number(subject.test(text))), 0.01];
        const length = Math.hypot(...near);
        return near.map((one) => one / length);
      });
      return { vectors, promptTokens: 1 };
    },
  }),
});

test("vectors follow by themselves, sealed, and find what shares no word", async () => {
  const given = { tools, file: Buffer.from("tiny") };
  const { call, read, state, db } = await opened({}, given);
  const model = (await call("GET", "/api/files/meaning")).body;
  expect(model).toMatchObject({ name: "tiny", state: "ready" });
  const text =
    "# Rules\n\nThe roses are watered.\n\n# Staff\n\nEverybody has paid leave.\n\n" +
    "# Bills\n\nInvoices go to Marta.";
  const { id } = await read("handbook.md", text);
  await expect.poll(async () => (await state(id)).meaning, { timeout: 60_000 }).toBe(true);
  expect(asked).toContain("passage: Staff\nEverybody has paid leave.");
  const search = { query: "¿Cuántas vacaciones hay?" };
  const { passages } = (await call("POST", "/api/files/search", search)).body;
  expect(passages[0].text).toBe("Everybody has paid leave.");
  expect(asked.at(-1)).toBe("query: ¿Cuántas vacaciones hay?");
  const rows: readonly object[] = await db
    .selectFrom("knowledge_block" as never)
    .selectAll()
    .execute();
  expect(rows).toContainEqual(expect.objectContaining({ kind: "vectors" }));
  expect(JSON.stringify(rows)).not.toMatch(/Everybody|Marta/);
}, 90_000);

test("what is fetched and is not the model is thrown away, and a broken file is none", async () => {
  const home = await temporary();
  const model = new MeaningModel(home, tools, () => {});
  const { signal } = new AbortController();
  expect(await model.state()).toBe("absent");
  expect(await model.embed("query", ["a"], signal)).toBeUndefined();
  const fetched = model.fetch(signal, () => {});
  await expect(fetched).rejects.toMatchObject({ code: "meaning_model_wrong" });
  expect(await model.state()).toBe("absent");
  writeFileSync(join(home, "meaning", "multilingual-e5-small-q4_0.gguf"), "broken");
  expect(await model.state()).toBe("broken");
  await model.remove();
  expect(await model.state()).toBe("absent");
});
