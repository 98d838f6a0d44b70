/**
 * Whisper base for sherpa-onnx: two graphs that it knows how to run, made of the weights that a Python
 * package ships for CTranslate2. Matrices become whole numbers of 8 bits with a scale for each column, as
 * ONNX Runtime's own tool makes them; what is multiplied with them is rounded while it runs.
 *
 * Names and shapes of what goes in and out, and what the model says of itself, are sherpa-onnx's
 * (`offline-whisper-model.cc`); the network is OpenAI's (`whisper/model.py`).
 */

import { Graph } from "../../../core/onnx.ts";
import { readCt2, type Variable } from "./ct2.ts";

const LAYERS = 6;
const WIDTH = 512;
const HEADS = 8;
const MELS = 80;
/** Tokens that a text may have, and places of a recording of 30 s. */
const [TEXT, AUDIO] = [448, 1500];
const VOCABULARY = 51_865;
const NEVER = -1e9;

/** Tokens that are not text, as the vocabulary of all multilingual Whispers but the newest has them. */
const MARK = {
  ...{ eot: 50_257, sot: 50_258, translate: 50_358, transcribe: 50_359, sot_lm: 50_360 },
  ...{ sot_prev: 50_361, no_speech: 50_362, no_timestamps: 50_363, blank_id: 220 },
};
const FIRST_LANGUAGE = 50_259;
const LANGUAGES = 99;

export interface Whisper {
  readonly encoder: Buffer;
  readonly decoder: Buffer;
  /** "base64 id" on each line. */
  readonly tokens: string;
}

/** @param vocabulary by token: letters that each stand for a byte, as GPT-2's have them */
export function whisper(file: Buffer, vocabulary: readonly string[]): Whisper {
  const variables = readCt2(file);
  const find = (name: string): Variable => {
    const read = variables.get(name);
    if (!read) throw new RangeError(`has no ${name}`);
    return read();
  };
  return {
    encoder: encoderOf(new Net(find), vocabulary),
    decoder: decoderOf(new Net(find)),
    tokens: vocabulary
      .slice(0, MARK.eot)
      .map((token, id) => `${bytesOf(token).toString("base64")} ${id}\n`)
      .join(""),
  };
}

/** A graph, and the layers of which the network is made. */
class Net extends Graph {
  readonly #find: (name: string) => Variable;
  constructor(find: (name: string) => Variable) {
    super();
    this.#find = find;
  }

  weights(name: string): string {
    const { shape, numbers } = this.#find(name);
    return this.constant("float", shape, numbers);
  }

  /** @returns the numbers, [inner, outer], and a scale for each outer one */
  whole(name: string): readonly [numbers: string, scales: string] {
    const { shape, numbers } = this.#find(name);
    const [outer = 0, inner = 0] = shape;
    const scales = new Float32Array(outer);
    const rounded = new Int8Array(outer * inner);
    for (let row = 0; row < outer; row++) {
      const values = numbers.subarray(row * inner, (row + 1) * inner);
      let most = 0;
      for (const value of values) most = Math.max(most, Math.abs(value));
      const scale = most / 127 || 1;
      scales[row] = scale;
      for (let at = 0; at < inner; at++)
        rounded[at * outer + row] = Math.round((values[at] ?? 0) / scale);
    }
    const matrix = this.constant("int8", [inner, outer], rounded);
    return [matrix, this.constant("float", [outer], scales)];
  }

  linear(x: string, name: string): string {
    const [matrix, scales] = this.whole(`${name}/weight`);
    return this.times(x, matrix, scales, this.weights(`${name}/bias`));
  }

  times(x: string, matrix: string, scales: string, bias = ""): string {
    return this.node("DynamicQuantizeMatMul", [x, matrix, scales, "", bias], {}, "com.microsoft");
  }

  gelu = (x: string) => this.node("Gelu", [x], {}, "com.microsoft");

  norm(x: string, name: string): string {
    const gamma = this.weights(`${name}/gamma`);
    const beta = this.weights(`${name}/beta`);
    return this.node("LayerNormalization", [x, gamma, beta], {
      epsilon: { float: 1e-5 },
      axis: -1,
    });
  }

  add = (one: string, other: string) => this.node("Add", [one, other]);

  slice(x: string, from: string, to: string, axis: number): string {
    return this.node("Slice", [x, from, to, this.ints([axis])]);
  }

  /** [batch, places, width] -> [batch, heads, places, width of a head] */
  #heads(x: string): string {
    const shape = this.ints([0, 0, HEADS, WIDTH / HEADS]);
    return this.node("Transpose", [this.node("Reshape", [x, shape])], { perm: [0, 2, 1, 3] });
  }

  attend(query: string, keys: string, values: string, mask?: string): string {
    const turned = this.node("Transpose", [this.#heads(keys)], { perm: [0, 1, 3, 2] });
    const products = this.node("MatMul", [this.#heads(query), turned]);
    const scaled = this.node("Mul", [products, this.float((WIDTH / HEADS) ** -0.5)]);
    const scores = mask ? this.add(scaled, mask) : scaled;
    const shares = this.node("Softmax", [scores], { axis: -1 });
    const mixed = this.node("MatMul", [shares, this.#heads(values)]);
    const back = this.node("Transpose", [mixed], { perm: [0, 2, 1, 3] });
    return this.node("Reshape", [back, this.ints([0, 0, WIDTH])]);
  }

  thinks(x: string, layer: string): string {
    const wide = this.gelu(
      this.linear(this.norm(x, `${layer}/ffn/layer_norm`), `${layer}/ffn/linear_0`),
    );
    return this.add(x, this.linear(wide, `${layer}/ffn/linear_1`));
  }

  /** Layers as one tensor, the first size of which is theirs. */
  stack(layers: readonly string[]): string {
    const zero = this.ints([0]);
    const each = layers.map((one) => this.node("Unsqueeze", [one, zero]));
    return this.node("Concat", each, { axis: 0 });
  }

  /** The size of a tensor along an axis, as a list of one. */
  size(x: string, axis: number): string {
    return this.node("Gather", [this.node("Shape", [x]), this.ints([axis])], { axis: 0 });
  }
}

const THIRDS = [WIDTH, WIDTH, WIDTH];
const HALVES = [WIDTH, WIDTH];

/** The sound as a spectrogram in, what each layer of the decoder looks at out. */
function encoderOf(net: Net, vocabulary: readonly string[]): Buffer {
  const mel = net.input("mel", "float", ["n_audio", MELS, "frames"]);
  const convolve = (from: string, name: string, stride: number) =>
    net.gelu(
      net.node(
        "Conv",
        [from, net.weights(`encoder/${name}/weight`), net.weights(`encoder/${name}/bias`)],
        { kernel_shape: [3], pads: [1, 1], strides: [stride] },
      ),
    );
  const sound = convolve(convolve(mel, "conv1", 1), "conv2", 2);
  const turned = net.node("Transpose", [sound], { perm: [0, 2, 1] });
  const places = net.weights("encoder/position_encodings/encodings");
  let x = net.add(turned, net.slice(places, net.ints([0]), net.size(turned, 1), 0));
  for (let at = 0; at < LAYERS; at++) {
    const layer = `encoder/layer_${at}`;
    const own = `${layer}/self_attention`;
    const all = net.linear(net.norm(x, `${own}/layer_norm`), `${own}/linear_0`);
    const [query = "", keys = "", values = ""] = net.split(all, 2, THIRDS);
    x = net.add(x, net.linear(net.attend(query, keys, values), `${own}/linear_1`));
    x = net.thinks(x, layer);
  }
  const heard = net.norm(x, "encoder/layer_norm");
  const seen = Array.from({ length: LAYERS }, (_, at) =>
    net.split(net.linear(heard, `decoder/layer_${at}/attention/linear_1`), 2, HALVES),
  );
  const shape = [LAYERS, "n_audio", "places", WIDTH];
  net.output("n_layer_cross_k", net.stack(seen.map(([keys = ""]) => keys)), "float", shape);
  net.output("n_layer_cross_v", net.stack(seen.map(([, values = ""]) => values)), "float", shape);
  const ids = Array.from({ length: LANGUAGES }, (_, at) => FIRST_LANGUAGE + at);
  return net.model("encoder", {
    ...{ model_type: "whisper-base", version: 1, ...MARK, is_multilingual: 1 },
    ...{ n_mels: MELS, n_audio_ctx: AUDIO, n_audio_state: WIDTH, n_audio_head: HEADS },
    ...{ n_audio_layer: LAYERS, n_vocab: VOCABULARY, n_text_ctx: TEXT, n_text_state: WIDTH },
    ...{ n_text_head: HEADS, n_text_layer: LAYERS, sot_index: 0 },
    sot_sequence: [MARK.sot, FIRST_LANGUAGE, MARK.transcribe].join(),
    all_language_tokens: ids.join(),
    all_language_codes: ids.map((id) => vocabulary[id]?.slice(2, -2)).join(),
  });
}

/** Tokens in, how likely each token is to be the next out; with what was computed of earlier ones. */
function decoderOf(net: Net): Buffer {
  const tokens = net.input("tokens", "int64", ["n_audio", "n_tokens"]);
  const cached = [LAYERS, "n_audio", TEXT, WIDTH];
  const oldKeys = net.input("in_n_layer_self_k_cache", "float", cached);
  const oldValues = net.input("in_n_layer_self_v_cache", "float", cached);
  const crossed = [LAYERS, "n_audio", "places", WIDTH];
  const crossKeys = net.input("n_layer_cross_k", "float", crossed);
  const crossValues = net.input("n_layer_cross_v", "float", crossed);
  const offset = net.input("offset", "int64", [1]);

  const end = net.add(offset, net.size(tokens, 1));
  const [zero, text] = [net.ints([0]), net.ints([TEXT])];
  const [words, scales] = net.whole("decoder/embeddings/weight");
  // [width, batch, tokens] -> [batch, tokens, width]
  const columns = net.node("Gather", [words, tokens], { axis: 1 });
  const rows = net.node("Transpose", [columns], { perm: [1, 2, 0] });
  const scale = net.node("Unsqueeze", [net.node("Gather", [scales, tokens]), net.ints([-1])]);
  const embedded = net.node("Mul", [net.node("Cast", [rows], { to: 1 }), scale]);
  const places = net.weights("decoder/position_encodings/encodings");
  let x = net.add(embedded, net.slice(places, offset, end, 0));

  // Nothing looks at what comes after it.
  const single = (one: string) => net.node("Squeeze", [one, zero]);
  const range = (from: string, to: string) => net.node("Range", [from, to, net.int(1)]);
  const here = net.node("Unsqueeze", [range(single(offset), single(end)), net.ints([1])]);
  const later = net.node("Greater", [range(net.int(0), single(end)), here]);
  const mask = net.node("Where", [later, net.float(NEVER), net.float(0)]);

  const caches: (readonly [string, string])[] = [];
  for (let at = 0; at < LAYERS; at++) {
    const layer = `decoder/layer_${at}`;
    const own = `${layer}/self_attention`;
    const of = (all: string) => net.node("Gather", [all, net.int(at)], { axis: 0 });
    const all = net.linear(net.norm(x, `${own}/layer_norm`), `${own}/linear_0`);
    const [query = "", key = "", value = ""] = net.split(all, 2, THIRDS);
    const grown = (old: string, next: string) => {
      const known = net.node("Concat", [net.slice(old, zero, offset, 1), next], { axis: 1 });
      const kept = net.node("Concat", [known, net.slice(old, end, text, 1)], { axis: 1 });
      return [known, kept] as const;
    };
    const [keys, keptKeys] = grown(of(oldKeys), key);
    const [values, keptValues] = grown(of(oldValues), value);
    caches.push([keptKeys, keptValues]);
    x = net.add(x, net.linear(net.attend(query, keys, values, mask), `${own}/linear_1`));
    const cross = `${layer}/attention`;
    const asks = net.linear(net.norm(x, `${cross}/layer_norm`), `${cross}/linear_0`);
    const looked = net.attend(asks, of(crossKeys), of(crossValues));
    x = net.add(x, net.linear(looked, `${cross}/linear_2`));
    x = net.thinks(x, layer);
  }
  const logits = net.times(net.norm(x, "decoder/layer_norm"), words, scales);
  net.output("logits", logits, "float", ["n_audio", "n_tokens", VOCABULARY]);
  net.output("out_n_layer_self_k_cache", net.stack(caches.map(([keys]) => keys)), "float", cached);
  net.output(
    "out_n_layer_self_v_cache",
    net.stack(caches.map(([, values]) => values)),
    "float",
    cached,
  );
  return net.model("decoder", {});
}

/**
 * GPT-2's letters for bytes: those that can be seen stand for themselves, the others for the letters
 * from 256 on, in their order.
 */
const BYTES = new Map<string, number>();
for (let byte = 0, next = 256; byte < 256; byte++) {
  const seen = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  BYTES.set(String.fromCharCode(seen ? byte : next++), byte);
}
const bytesOf = (token: string) => Buffer.from([...token].map((sign) => BYTES.get(sign) ?? 63));
