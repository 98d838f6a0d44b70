/**
 * The sequences of one context, lent to one answer at a time. Who asks gets the free sequence that
 * remembers the longest beginning of the prompt; when none is free, it waits in line.
 */
import type { LlamaContext, LlamaContextSequence, Token } from "node-llama-cpp";

export interface Sequences {
  /** @throws the signal's reason when it is aborted while waiting */
  borrow(tokens: readonly Token[], signal: AbortSignal): Promise<LlamaContextSequence>;
  giveBack(sequence: LlamaContextSequence): void;
}

export function sequences(context: LlamaContext): Sequences {
  /** Least recently used first. */
  const free = Array.from({ length: context.totalSequences }, () => context.getSequence());
  const waiting: Array<() => void> = [];

  return {
    async borrow(tokens, signal) {
      while (free.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.push(resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
        await promise;
        if (!signal.aborted) continue;
        if (waiting.includes(resolve)) waiting.splice(waiting.indexOf(resolve), 1);
        else waiting.shift()?.(); // its turn had come: pass it on
        signal.throwIfAborted();
      }
      const lengths = free.map((sequence) => commonPrefix(sequence.contextTokens, tokens));
      const best = lengths.indexOf(Math.max(...lengths));
      return free.splice(best, 1)[0] as LlamaContextSequence;
    },
    giveBack(sequence) {
      free.push(sequence);
      waiting.shift()?.();
    },
  };
}

function commonPrefix(a: readonly Token[], b: readonly Token[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
