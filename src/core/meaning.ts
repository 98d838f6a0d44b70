/** Meaning of texts as vectors: what one feature has a model for, and others find by, too. */

/**
 * One vector of length 1 for each text.
 *
 * @param kind what the texts are, which such models tell apart
 * @returns undefined where there is no model for it
 */
export type Embed = (
  kind: "query" | "passage",
  texts: readonly string[],
  signal: AbortSignal,
) => Promise<readonly ArrayLike<number>[] | undefined>;
