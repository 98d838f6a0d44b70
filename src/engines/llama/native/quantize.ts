/**
 * Quantises a GGUF file with the shipped library, in a process of its own (`quantize-worker.ts`),
 * and reads in the library's log how far it is and what it did.
 */

import { fork } from "../../../core/children.ts";
import { coresHere } from "../../../core/cores.ts";
import { CharlaError } from "../../../core/errors.ts";
import type { QuantisedType, Quantising, Tally } from "../../../core/quantising.ts";

/**
 * Of each type the library's number, and the type that it gives most tensors.
 * Source: `enum llama_ftype` and `llama_ftype_get_default_type` of llama.cpp, v0.5.0.
 */
const FILE_TYPES: Readonly<Record<QuantisedType, readonly [file: number, tensor: string]>> = {
  F32: [0, "f32"],
  F16: [1, "f16"],
  BF16: [32, "bf16"],
  Q8_0: [7, "q8_0"],
  Q6_K: [18, "q6_K"],
  Q5_K_M: [17, "q5_K"],
  Q5_K_S: [16, "q5_K"],
  Q5_1: [9, "q5_1"],
  Q5_0: [8, "q5_0"],
  Q4_K_M: [15, "q4_K"],
  Q4_K_S: [14, "q4_K"],
  IQ4_NL: [25, "iq4_nl"],
  IQ4_XS: [30, "iq4_xs"],
  Q4_1: [3, "q4_1"],
  Q4_0: [2, "q4_0"],
  Q3_K_L: [13, "q3_K"],
  Q3_K_M: [12, "q3_K"],
  Q3_K_S: [11, "q3_K"],
  IQ3_M: [27, "iq3_s"],
  IQ3_S: [26, "iq3_s"],
  Q2_K: [10, "q2_K"],
};

/** What the program is told. */
export interface Job
  extends Pick<Quantising, "input" | "output" | "allowRequantize" | "dryRun" | "says"> {
  /** An `llama_ftype`. */
  readonly fileType: number;
  readonly threads: number;
}

/**
 * @throws CharlaError `quantise_failed`, `quantise_crashed`; the signal's reason when aborted
 */
export async function quantise(options: Quantising): Promise<Tally> {
  const { type, signal, onProgress, ...rest } = options;
  const [fileType, tensorType] = FILE_TYPES[type];
  const job: Job = { ...rest, fileType, threads: coresHere() };
  // `.ts` when run from the clone, `.js` in the published package.
  const worker = new URL(`./quantize-worker${import.meta.url.slice(-3)}`, import.meta.url);
  const child = fork(worker, [JSON.stringify(job)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();

  let tally = NOTHING;
  let reason = "";
  let status: number | undefined;
  let printed = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    printed = (printed + bytes).slice(-2000);
  });
  child.on("message", (message: string | { readonly status: number }) => {
    if (typeof message !== "string") {
      status = message.status;
      return;
    }
    reason = FAILURE.exec(message)?.[1] ?? reason;
    const before = tally;
    tally = count(tally, message, tensorType);
    if (tally.tensors > before.tensors) onProgress?.(tally);
  });
  const ended = await new Promise<string | number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, killedBy) => resolve(killedBy ?? code));
  });
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  if (status === 0) return tally;
  if (status !== undefined) throw failed(job.input, reason);
  throw crashed(job.input, ended ?? "?", printed);
}

const NOTHING: Tally = {
  tensors: 0,
  bytesBefore: 0,
  bytesAfter: 0,
  converted: 0,
  fitting: 0,
  fallbacks: 0,
};

const FAILURE = /failed to quantize: (.*)/;
/**
 * "[   2/ 272] blk.0.attn_q.weight - [...], type = f16, converting to q8_0 .. size = 1.00 MiB ->
 * 0.53 MiB"; a dry run says "(q8_0)" at the end, and a tensor that is copied has no second size.
 * Source: llama-quant.cpp.
 */
const TENSOR =
  /^\[ *\d+\/ *\d+\].* type = *(\w+),(?: converting to (\w+) \.\.)? size = *([\d.]+) MiB(?: -> *([\d.]+) MiB)?(?: \((\w+)\))?/;
const FALLBACK = /not divisible by .*falling back to/;
/** "llama_model_quantize_impl: quant size  =    98.75 MiB (6.16 BPW)" */
const TOTAL = /: (model|quant) size *= *([\d.]+) MiB/;
const MIB = 2 ** 20;

/**
 * What a line of the library's log adds to the tally.
 *
 * @param tensorType what most tensors should become, as the log calls it
 */
export function count(tally: Tally, line: string, tensorType: string): Tally {
  if (FALLBACK.test(line)) return { ...tally, fallbacks: tally.fallbacks + 1 };
  const [, which, total] = TOTAL.exec(line) ?? [];
  if (which === "model") return { ...tally, bytesBefore: Number(total) * MIB };
  if (which === "quant") return { ...tally, bytesAfter: Number(total) * MIB };
  const [found, from, to, before, after, planned] = TENSOR.exec(line) ?? [];
  if (found === undefined) return tally;
  return {
    ...tally,
    tensors: tally.tensors + 1,
    bytesBefore: tally.bytesBefore + Number(before) * MIB,
    bytesAfter: tally.bytesAfter + Number(after ?? before) * MIB,
    converted: tally.converted + (after === undefined ? 0 : 1),
    fitting: tally.fitting + ((to ?? planned ?? from) === tensorType ? 1 : 0),
  };
}

function failed(file: string, reason: string): CharlaError {
  return new CharlaError("quantise_failed", {
    status: 422,
    message: "{file} could not be quantised: {reason}",
    hint: "The reason is llama.cpp's. If it cannot write, see whether the disk is full; if it does not know the model, nothing of Charla runs it.",
    params: { file, reason },
  });
}

function crashed(file: string, how: string | number, printed: string): CharlaError {
  return new CharlaError("quantise_crashed", {
    message: "The process that quantised {file} ended unexpectedly ({how}).",
    hint: "The file may be damaged, or the machine out of memory. Nothing was left behind.",
    params: { file, how },
    cause: printed,
  });
}
