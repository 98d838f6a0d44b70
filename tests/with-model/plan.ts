/** A plan for tests: small enough for any machine, and with room for several answers at once. */
import type { Plan } from "../../src/engines/llama/process/protocol.ts";

export const PLAN: Plan = {
  slots: 4,
  contextTokens: 1024,
  kvType: "f16",
  threads: 1,
  batchThreads: 1,
  batchTokens: 128,
  flashAttention: false,
  lockMemory: false,
  draftTokens: 8,
};
