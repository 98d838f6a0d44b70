/** Pages of lists as OpenAI cuts them: so many behind one, or before one. */

interface Page {
  readonly limit: number;
  readonly order: "asc" | "desc";
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/**
 * @param all newest first. Behind one that is gone, since who asks deletes what was listed, stands what
 *   is older by its id, in which the time is
 */
export function pageOf<Item extends { readonly id: string }>(all: readonly Item[], asked: Page) {
  const { limit, order, after, before } = asked;
  const list = order === "asc" ? all.toReversed() : all;
  /** Index of the first that stands behind an id. */
  const behind = (id: string): number => {
    const at = list.findIndex((one) => one.id === id);
    if (at >= 0) return at + 1;
    const next = list.findIndex((one) => (order === "asc" ? one.id > id : one.id < id));
    return next < 0 ? list.length : next;
  };
  const from = after === undefined ? 0 : behind(after);
  const known = before === undefined ? -1 : list.findIndex(({ id }) => id === before);
  const end = before === undefined ? list.length : known >= 0 ? known : behind(before);
  // Before one stand those that are next to it.
  const start = after === undefined && before !== undefined ? Math.max(0, end - limit) : from;
  const data = list.slice(start, Math.min(end, start + limit));
  const more = after === undefined && before !== undefined ? start > 0 : start + data.length < end;
  return {
    ...{ object: "list" as const, data, has_more: more },
    ...{ first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null },
  };
}
