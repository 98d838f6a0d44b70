/**
 * A model of the architecture "llama" as a graph. Inputs and outputs have the names that other programs
 * for such files use: `past_key_values.N.key` and `.value` go in, `present.N.key` and `.value` come out,
 * and may be the same memory. `logits_from` is our own, the first token after which logits are wanted: a
 * prompt would cost a quarter more if they were computed after each.
 *
 * Source: llama.cpp's `llama.cpp` of models; `ContribOperators.md` of ONNX Runtime.
 */
import type { Layout } from "../library/gguf.ts";
import { modelUnsupported } from "./errors.ts";
import type { Weights } from "./linear.ts";

/** What Charla reads of a model that it has exported. */
export interface Shape {
  readonly layers: number;
  /** Heads of keys and values, and numbers of each. */
  readonly heads: number;
  readonly width: number;
  /** Places that a token may have. */
  readonly places: number;
  /** Tokens that it knows. */
  readonly vocabulary: number;
}

/** Of each place the file has a row of cosines; a header may claim any number. */
const MOST_PLACES = 131_072;
/** What the graph heeds of what a header says; anything else would have to be computed, too. */
const KNOWN: ReadonlySet<string> = new Set([
  ...["block_count", "context_length", "embedding_length", "feed_forward_length", "vocab_size"],
  ...["attention.head_count", "attention.head_count_kv", "attention.layer_norm_rms_epsilon"],
  ...["attention.key_length", "attention.value_length"],
  ...["rope.dimension_count", "rope.freq_base", "rope.scaling.type"],
]);
const MICROSOFT = "com.microsoft";

/**
 * @param slower by what each pair of numbers turns slower than usual, where the model says so
 * @throws CharlaError `onnx_model_unsupported` and the like
 */
export function llamaGraph(
  { values, gguf }: Layout,
  net: Weights,
  slower: Float32Array | undefined,
): Shape {
  const number = (key: string, other?: number): number => {
    const value = values.get(`llama.${key}`) ?? other;
    if (typeof value !== "number") throw modelUnsupported(`llama.${key}`);
    return value;
  };
  const strange = [...values.keys()].find(
    (key) => /^llama\./.test(key) && !KNOWN.has(key.slice(6)),
  );
  if (strange !== undefined) throw modelUnsupported(strange);
  const scaling = values.get("llama.rope.scaling.type") ?? "none";
  if (scaling !== "none") throw modelUnsupported(`rope scaling ${scaling}`);
  const layers = number("block_count");
  const asking = number("attention.head_count");
  const heads = number("attention.head_count_kv", asking);
  const inner = number("embedding_length");
  const width = number("attention.key_length", inner / asking);
  if (number("attention.value_length", width) !== width) throw modelUnsupported("value_length");
  const epsilon = { float: number("attention.layer_norm_rms_epsilon") };
  const turned = number("rope.dimension_count", width);

  const ids = net.input("input_ids", "int64", ["batch", "n"]);
  const mask = net.input("attention_mask", "int64", ["batch", "all"]);
  const from = net.input("logits_from", "int64", [1]);
  const kept = ["batch", heads, "kept", width];
  const caches = Array.from({ length: layers }, (_, at) =>
    ["key", "value"].map((one) => net.input(`past_key_values.${at}.${one}`, "float", kept)),
  );

  const whole = (name: string) => net.node("Cast", [name], { to: 6 });
  const seen = net.node("ReduceSum", [mask, net.ints([1])], { keepdims: 0 });
  const last = whole(net.node("Sub", [seen, net.int(1)]));
  const all = whole(net.node("Gather", [net.node("Shape", [mask]), net.int(1)], { axis: 0 }));
  const places = Math.min(gguf.contextWindow, MOST_PLACES);
  const base = number("rope.freq_base", 10_000);
  const angle = (place: number, pair: number) =>
    (place * base ** ((-2 * pair) / turned)) / (slower?.[pair] ?? 1);
  const pairs = turned / 2;
  const [cosines, sines] = [Math.cos, Math.sin].map((of) => {
    const table = new Float32Array(places * pairs);
    for (let n = 0; n < table.length; n++) table[n] = of(angle(Math.floor(n / pairs), n % pairs));
    return net.constant("float", [places, pairs], table);
  }) as [string, string];

  let sum = net.rows(ids, "token_embd.weight");
  let x = net.node("SimplifiedLayerNormalization", [sum, net.floats("blk.0.attn_norm.weight")], {
    ...{ axis: -1, epsilon },
  });
  /** Adds to what goes from layer to layer, and norms it. */
  const next = (more: string, norm: string): string => {
    const [normed, added] = [net.fresh(), net.fresh()];
    net.several(
      "SkipSimplifiedLayerNormalization",
      [sum, more, net.floats(norm)],
      [normed, "", "", added],
      { epsilon },
      MICROSOFT,
    );
    sum = added;
    return normed;
  };
  for (const [at, [key = "", value = ""]] of caches.entries()) {
    const of = (name: string) => `blk.${at}.${name}.weight`;
    const attended = net.fresh();
    const present = [`present.${at}.key`, `present.${at}.value`] as const;
    net.several(
      "GroupQueryAttention",
      [
        ...["attn_q", "attn_k", "attn_v"].map((name) => net.times(x, of(name))),
        ...[key, value, last, all, cosines, sines],
      ],
      [attended, ...present],
      // Pairs of neighbours turn together, as rows of queries and keys lie in the file.
      { num_heads: asking, kv_num_heads: heads, do_rotary: 1, rotary_interleaved: 1 },
      MICROSOFT,
    );
    for (const one of present) net.given(one, "float", kept);
    const wide = next(net.times(attended, of("attn_output")), of("ffn_norm"));
    const gate = net.node(
      "QuickGelu",
      [net.times(wide, of("ffn_gate"))],
      { alpha: { float: 1 } },
      MICROSOFT,
    );
    const thought = net.times(
      net.node("Mul", [gate, net.times(wide, of("ffn_up"))]),
      of("ffn_down"),
    );
    x = next(thought, at + 1 < layers ? `blk.${at + 1}.attn_norm.weight` : "output_norm.weight");
  }
  const end = net.ints([Number.MAX_SAFE_INTEGER]);
  const wanted = net.node("Slice", [x, from, end, net.ints([1])]);
  const head = net.has("output.weight") ? "output.weight" : "token_embd.weight";
  net.output("logits", net.times(wanted, head), "float", ["batch", "wanted", "vocabulary"]);
  const { unused } = net;
  if (unused !== undefined) throw modelUnsupported(unused);
  const [, vocabulary = 0] = net.place("token_embd.weight").shape;
  return { layers, heads, width, places, vocabulary };
}
