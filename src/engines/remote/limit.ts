/** An end to what a remote server sends: it may be broken, or mean no good. */
/** Longest reply, or line of a stream of events, in bytes; lists of models take some kilobytes. */
export const MAX_BYTES = 10 * 2 ** 20;
/** Mean length of an answer's tokens, in characters, that no language reaches. */
const TOKEN_CHARACTERS = 32;

/** Whether an answer that was to have so many tokens has more, for servers that do not look. */
export function isOver(maxTokens: number, chunks: number, characters: number): boolean {
  return chunks > maxTokens || characters > (maxTokens + TOKEN_CHARACTERS) * TOKEN_CHARACTERS;
}
