/**
 * A text that is longer than the context window is scored in windows that overlap by half, so that
 * every token is scored where it has most before it.
 */
import type { Window } from "../process/protocol.ts";

/**
 * @param tokens of the whole text
 * @param size of the context window, in tokens
 */
export function windows(tokens: readonly number[], size: number): readonly Window[] {
  const half = Math.floor(size / 2);
  const list: Window[] = [{ tokens: tokens.slice(0, size), from: 0 }];
  for (let end = size; end < tokens.length; end += half) {
    const start = end - half;
    list.push({ tokens: tokens.slice(start, start + 2 * half), from: half });
  }
  return list;
}
