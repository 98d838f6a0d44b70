/**
 * Prints what the engine can compute on. A program of its own, since a native library that does
 * not fit the machine may end the process that loads it.
 */
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const llama = await getLlama({ build: "never", logLevel: LlamaLogLevel.error });
const devices = llama.gpu ? await llama.getGpuDeviceNames() : [];
console.log(JSON.stringify({ gpu: llama.gpu, devices }));
process.exit();
