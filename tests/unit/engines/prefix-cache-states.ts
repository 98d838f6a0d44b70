/** States whose bytes follow from their tokens, so that a wrong one is known by its look. */
import { createHash } from "node:crypto";
import type { State } from "../../../src/engines/llama/cache/index.ts";

export const IDENTITY = {
  model: "a".repeat(64),
  kvType: "f16",
  flashAttention: true,
  library: "0.5.0",
};

export function state(tokens: readonly number[], size = 100): State {
  const seed = createHash("sha256").update(tokens.join(",")).digest();
  return { tokens, bytes: Buffer.alloc(size, seed) };
}

/** Whether it is what {@link state} made of its tokens. */
export function isWhole({ tokens, bytes }: State): boolean {
  return bytes.equals(state(Array.from(tokens), bytes.length).bytes);
}

/** Tokens of a conversation of its own. */
export function conversation(name: number, length = 100): number[] {
  return Array.from({ length }, (_, index) => name * 10_000 + index);
}
