/**
 * The part of llama.cpp's C interface that Charla uses, bound to the library which node-llama-cpp
 * ships. Source: `include/llama.h` of llama.cpp v0.5.0; the lock file pins the library, and
 * `tests/with-model/native.test.ts` checks that the layout of the structures still holds.
 */
import koffi, { type KoffiFunc, type TypeObject } from "koffi";

/** Address of something that belongs to the library. */
export type Pointer = bigint;

const POINTER = "void *";
const MODEL_PARAMS = koffi.struct("llama_model_params", {
  devices: POINTER,
  tensor_buft_overrides: POINTER,
  n_gpu_layers: "int32",
  split_mode: "int32",
  load_mode: "int32",
  lazy_mode: "int32",
  main_gpu: "int32",
  tensor_split: POINTER,
  progress_callback: POINTER,
  progress_callback_user_data: POINTER,
  kv_overrides: POINTER,
  vocab_only: "bool",
  check_tensors: "bool",
  use_extra_bufts: "bool",
  no_host: "bool",
  no_alloc: "bool",
  load_mtp: "bool",
});

const CONTEXT_PARAMS = koffi.struct("llama_context_params", {
  n_ctx: "uint32",
  n_batch: "uint32",
  n_ubatch: "uint32",
  n_seq_max: "uint32",
  n_rs_seq: "uint32",
  n_outputs_max: "uint32",
  n_outputs_max_per_seq: "uint32",
  n_threads: "int32",
  n_threads_batch: "int32",
  ctx_type: "int32",
  rope_scaling_type: "int32",
  pooling_type: "int32",
  attention_type: "int32",
  flash_attn_type: "int32",
  rope_freq_base: "float",
  rope_freq_scale: "float",
  yarn_ext_factor: "float",
  yarn_attn_factor: "float",
  yarn_beta_fast: "float",
  yarn_beta_slow: "float",
  yarn_orig_ctx: "uint32",
  defrag_thold: "float",
  cb_eval: POINTER,
  cb_eval_user_data: POINTER,
  type_k: "int32",
  type_v: "int32",
  abort_callback: POINTER,
  abort_callback_data: POINTER,
  embeddings: "bool",
  offload_kqv: "bool",
  no_perf: "bool",
  op_offload: "bool",
  swa_full: "bool",
  kv_unified: "bool",
  samplers: POINTER,
  n_samplers: "size_t",
  ctx_other: POINTER,
});

const BATCH = koffi.struct("llama_batch", {
  n_tokens: "int32",
  token: POINTER,
  embd: POINTER,
  pos: POINTER,
  n_seq_id: POINTER,
  seq_id: POINTER,
  logits: POINTER,
});

const PROGRESS = koffi.proto("bool llama_progress_callback(float progress, void *user_data)");

/** Structures as plain objects; fields that are not named here keep the library's defaults. */
export type ModelParams = Record<string, unknown> & {
  n_gpu_layers: number;
  /** enum llama_load_mode. */
  load_mode: number;
  progress_callback: Pointer | null;
};
export type ContextParams = Record<string, unknown> & {
  n_ctx: number;
  n_batch: number;
  n_ubatch: number;
  n_seq_max: number;
  /** Most logits of a batch; memory for so many is reserved. */
  n_outputs_max: number;
  n_threads: number;
  n_threads_batch: number;
  pooling_type: number;
  /** enum llama_flash_attn_type: -1 as fits, 0 off, 1 on. */
  flash_attn_type: number;
  /** enum ggml_type. */
  type_k: number;
  type_v: number;
  embeddings: boolean;
  swa_full: boolean;
  kv_unified: boolean;
};
export interface BatchStruct {
  n_tokens: number;
  readonly token: Pointer;
  readonly pos: Pointer;
  readonly n_seq_id: Pointer;
  readonly seq_id: Pointer;
  readonly logits: Pointer;
}

export const LOAD_MODE = { mmap: 1, mmapLocked: 3 };
export const GGML_TYPE = { f16: 1, q8_0: 8 };
export const POOLING = { none: 0 };

export type Api = ReturnType<typeof bind>;

/** @param path of the library, which node-llama-cpp has loaded with its backends already */
export function bind(path: string) {
  const library = koffi.load(path);
  const fn = <F extends (...args: never[]) => unknown>(
    result: TypeObject | string,
    name: string,
    ...takes: (TypeObject | string)[]
  ) => library.func(name, result, takes) as unknown as KoffiFunc<F>;
  return {
    path,
    version: fn<() => string>("str", "llama_version"),
    modelDefaults: fn<() => ModelParams>(MODEL_PARAMS, "llama_model_default_params"),
    contextDefaults: fn<() => ContextParams>(CONTEXT_PARAMS, "llama_context_default_params"),

    modelLoad: fn<(path: string, params: ModelParams) => Pointer | null>(
      ...[POINTER, "llama_model_load_from_file", "str", MODEL_PARAMS],
    ),
    modelFree: fn<(model: Pointer) => void>("void", "llama_model_free", POINTER),
    modelVocab: fn<(model: Pointer) => Pointer>(POINTER, "llama_model_get_vocab", POINTER),
    modelEmbeddingSize: fn<(model: Pointer) => number>(
      ...["int32", "llama_model_n_embd_out", POINTER],
    ),
    modelIsRecurrent: fn<(model: Pointer) => boolean>(
      ...["bool", "llama_model_is_recurrent", POINTER],
    ),
    modelIsHybrid: fn<(model: Pointer) => boolean>(...["bool", "llama_model_is_hybrid", POINTER]),
    modelTrainedTokens: fn<(model: Pointer) => number>("int32", "llama_model_n_ctx_train", POINTER),
    /** The length of the value, which is cut at the room there is; negative without one. */
    modelMetadata: fn<(model: Pointer, key: string, into: Buffer | null, room: number) => number>(
      ...["int32", "llama_model_meta_val_str", POINTER, "str", POINTER, "size_t"],
    ),
    vocabSize: fn<(vocab: Pointer) => number>("int32", "llama_vocab_n_tokens", POINTER),
    /** enum llama_vocab_type. */
    vocabType: fn<(vocab: Pointer) => number>("int32", "llama_vocab_type", POINTER),
    vocabIsEnd: fn<(vocab: Pointer, token: number) => boolean>(
      ...["bool", "llama_vocab_is_eog", POINTER, "int32"],
    ),
    vocabAddsBos: fn<(vocab: Pointer) => boolean>("bool", "llama_vocab_get_add_bos", POINTER),
    /** -1 where the vocabulary has none. */
    vocabBos: fn<(vocab: Pointer) => number>("int32", "llama_vocab_bos", POINTER),
    vocabEos: fn<(vocab: Pointer) => number>("int32", "llama_vocab_eos", POINTER),
    vocabEot: fn<(vocab: Pointer) => number>("int32", "llama_vocab_eot", POINTER),
    vocabNl: fn<(vocab: Pointer) => number>("int32", "llama_vocab_nl", POINTER),
    vocabSep: fn<(vocab: Pointer) => number>("int32", "llama_vocab_sep", POINTER),
    /** As it stands in the file, special tokens included. */
    vocabText: fn<(vocab: Pointer, token: number) => string>(
      ...["str", "llama_vocab_get_text", POINTER, "int32"],
    ),
    /** enum llama_token_attr, a set of bits. */
    vocabAttributes: fn<(vocab: Pointer, token: number) => number>(
      ...["int32", "llama_vocab_get_attr", POINTER, "int32"],
    ),
    /** The number of tokens; negative if there is no room for so many. */
    tokenize: fn<
      (
        vocab: Pointer,
        text: Buffer,
        length: number,
        into: Int32Array,
        room: number,
        addSpecial: boolean,
        parseSpecial: boolean,
      ) => number
    >(...["int32", "llama_tokenize", POINTER, POINTER, "int32", POINTER, "int32", "bool", "bool"]),
    /** The number of bytes; negative if there is no room for so many. */
    detokenize: fn<
      (
        vocab: Pointer,
        tokens: Int32Array,
        count: number,
        into: Buffer,
        room: number,
        removeSpecial: boolean,
        special: boolean,
      ) => number
    >(
      ...["int32", "llama_detokenize", POINTER, POINTER, "int32", POINTER, "int32", "bool", "bool"],
    ),
    tokenToPiece: fn<
      (
        vocab: Pointer,
        token: number,
        into: Buffer,
        length: number,
        lstrip: number,
        special: boolean,
      ) => number
    >(...["int32", "llama_token_to_piece", POINTER, "int32", POINTER, "int32", "int32", "bool"]),

    contextNew: fn<(model: Pointer, params: ContextParams) => Pointer | null>(
      ...[POINTER, "llama_init_from_model", POINTER, CONTEXT_PARAMS],
    ),
    contextFree: fn<(context: Pointer) => void>("void", "llama_free", POINTER),
    contextMemory: fn<(context: Pointer) => Pointer>(POINTER, "llama_get_memory", POINTER),
    poolingType: fn<(context: Pointer) => number>("int32", "llama_pooling_type", POINTER),
    setThreads: fn<(context: Pointer, single: number, batch: number) => void>(
      ...["void", "llama_set_n_threads", POINTER, "int32", "int32"],
    ),

    /** Pools for batches of one token, and for larger ones. */
    attachThreads: fn<(context: Pointer, single: Pointer, batch: Pointer) => void>(
      ...["void", "llama_attach_threadpool", POINTER, POINTER, POINTER],
    ),
    batchNew: fn<(tokens: number, embd: number, sequences: number) => BatchStruct>(
      ...[BATCH, "llama_batch_init", "int32", "int32", "int32"],
    ),
    batchFree: fn<(batch: BatchStruct) => void>("void", "llama_batch_free", BATCH),
    /** 0 is good; 1: no room in the KV cache; others: the context is not to be used any more. */
    decode: fn<(context: Pointer, batch: BatchStruct) => number>(
      ...["int32", "llama_decode", POINTER, BATCH],
    ),
    logitsAt: fn<(context: Pointer, index: number) => Pointer | null>(
      ...[POINTER, "llama_get_logits_ith", POINTER, "int32"],
    ),
    embeddingOf: fn<(context: Pointer, sequence: number) => Pointer | null>(
      ...[POINTER, "llama_get_embeddings_seq", POINTER, "int32"],
    ),
    embeddingAt: fn<(context: Pointer, index: number) => Pointer | null>(
      ...[POINTER, "llama_get_embeddings_ith", POINTER, "int32"],
    ),

    memoryClear: fn<(memory: Pointer, data: boolean) => void>(
      ...["void", "llama_memory_clear", POINTER, "bool"],
    ),
    /** Removes the positions from `from` up to, not including, `to`; -1 is the end. */
    memoryRemove: fn<(memory: Pointer, sequence: number, from: number, to: number) => boolean>(
      ...["bool", "llama_memory_seq_rm", POINTER, "int32", "int32", "int32"],
    ),
    stateSize: fn<(context: Pointer, sequence: number) => number>(
      ...["size_t", "llama_state_seq_get_size", POINTER, "int32"],
    ),
    stateGet: fn<(context: Pointer, into: Buffer, size: number, sequence: number) => number>(
      ...["size_t", "llama_state_seq_get_data", POINTER, POINTER, "size_t", "int32"],
    ),
    /** 0 when the state does not fit. */
    stateSet: fn<(context: Pointer, from: Buffer, size: number, sequence: number) => number>(
      ...["size_t", "llama_state_seq_set_data", POINTER, POINTER, "size_t", "int32"],
    ),

    adapterLoad: fn<(model: Pointer, path: string) => Pointer | null>(
      ...[POINTER, "llama_adapter_lora_init", POINTER, "str"],
    ),
    setAdapters: fn<
      (context: Pointer, adapters: BigUint64Array, count: number, scales: Float32Array) => number
    >(...["int32", "llama_set_adapters_lora", POINTER, POINTER, "size_t", POINTER]),
  };
}

/** A callback for loading; `unregister` when the load has ended. */
export function progressCallback(onProgress: (fraction: number) => boolean): {
  readonly pointer: Pointer;
  unregister(): void;
} {
  const pointer = koffi.register(onProgress, koffi.pointer(PROGRESS));
  return { pointer, unregister: () => koffi.unregister(pointer) };
}

/** Memory of the library as an array; valid for as long as the library keeps it. */
export const int32At = (at: Pointer, length: number) => new Int32Array(koffi.view(at, length * 4));
export const int8At = (at: Pointer, length: number) => new Int8Array(koffi.view(at, length));
export const float32At = (at: Pointer, length: number) =>
  new Float32Array(koffi.view(at, length * 4));
export const pointersAt = (at: Pointer, length: number) =>
  new BigUint64Array(koffi.view(at, length * 8));

/** Runs a function of the library on another thread, so that the event loop goes on. */
export function elsewhere<F extends (...args: never[]) => unknown>(
  call: F & { readonly async: unknown },
  ...args: Parameters<F>
): Promise<ReturnType<F>> {
  type Done = (error: unknown, result: ReturnType<F>) => void;
  const start = call.async as (...args: [...Parameters<F>, Done]) => void;
  return new Promise((resolve, reject) => {
    start(...args, (error, result) => (error ? reject(error) : resolve(result)));
  });
}
