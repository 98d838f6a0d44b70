/** What computes in a model process, opened: llama.cpp with a file, unless it is another engine's process. */
import { GGML_TYPE } from "../native/api.ts";
import { Context } from "../native/context.ts";
import { type Found, lookForLibrary } from "../native/find.ts";
import { Model } from "../native/model.ts";
import { openLibrary } from "../native/open.ts";
import type { LoadOptions, Plan } from "./protocol.ts";
import { batchCapacity, type Computer } from "./scheduler.ts";

export interface Opened {
  /** With its vocabulary; the weights may be elsewhere. */
  readonly model: Model;
  readonly context: Computer;
  /** As it came out. */
  readonly plan: Plan;
  readonly library: Found;
  /** Of what computes: states that another one has computed are of no use. */
  readonly version: string;
  /** For people: "cuda", "CPU, 2 threads". */
  readonly device: string;
  /** Path of a GGUF file with the model's header. */
  readonly header: string;
  /** Called when the header has been read for good. */
  read?(): Promise<void>;
}

export type Open = (
  options: Pick<LoadOptions, "path" | "plan" | "library" | "runtime">,
  onProgress: (fraction: number) => void,
) => Promise<Opened>;

export const openLlama: Open = async ({ path, plan: wanted, library: known }, onProgress) => {
  const library = known ?? (await lookForLibrary());
  const api = openLibrary(library);
  const model = await Model.load(api, path, {
    ...{ lockMemory: wanted.lockMemory, gpu: library.gpu !== false, onProgress },
  });
  const { trainedTokens, trims } = model;
  const most = trainedTokens > 0 ? Math.floor(trainedTokens * (wanted.yarn ?? 1)) : undefined;
  const { context, plan } = openContext(model, {
    ...wanted,
    // A wrong guess has to be forgotten again.
    draftTokens: trims ? wanted.draftTokens : 0,
    contextTokens: Math.min(wanted.contextTokens, most ?? wanted.contextTokens),
  });
  const device = library.gpu || `CPU, ${threadsOf(plan)}`;
  return { model, context, plan, library, version: api.version(), device, header: path };
};

/** llama.cpp's name for it among the ways to scale positions. */
const YARN = 2;

/**
 * Positions scaled for a window that is longer than what the model was trained for.
 * Source: Peng et al., "YaRN: efficient context window extension of large language models", 2023.
 */
const stretched = ({ trainedTokens }: Model, { yarn = 1 }: Plan) =>
  yarn > 1 && {
    rope_scaling_type: YARN,
    rope_freq_scale: 1 / yarn,
    yarn_orig_ctx: trainedTokens,
  };

/** With 8 bits a value only where the model's heads allow it; else fewer tokens, for as much memory. */
function openContext(model: Model, plan: Plan): { context: Context; plan: Plan } {
  const options = {
    n_ctx: plan.contextTokens * plan.slots,
    n_batch: batchCapacity(plan),
    n_ubatch: plan.batchTokens,
    n_seq_max: plan.slots,
    n_threads: plan.threads,
    n_threads_batch: plan.batchThreads,
    flash_attn_type: plan.flashAttention ? 1 : 0,
    type_k: GGML_TYPE[plan.kvType],
    type_v: GGML_TYPE[plan.kvType],
    ...stretched(model, plan),
    // With a window over the cache alone, the beginning of a prompt could not be used again.
    swa_full: true,
  };
  try {
    return { context: new Context(model, options), plan };
  } catch (thrown) {
    if (plan.kvType === "f16") throw thrown;
    console.error("The model's heads do not allow a KV cache of 8 bits: half the context, in 16.");
    return openContext(model, { ...plan, kvType: "f16", contextTokens: plan.contextTokens >> 1 });
  }
}

/** "2 threads", "1 to 2 threads". */
export function threadsOf({ threads, batchThreads }: Plan): string {
  const each = threads === batchThreads ? threads : `${threads} to ${batchThreads}`;
  return `${each} ${batchThreads === 1 ? "thread" : "threads"}`;
}
