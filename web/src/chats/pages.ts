/** As much of a list of chats as the reader has asked for, page by page. */
import type { Listed } from "./api.ts";
import * as api from "./api.ts";

/** As the server limits it. */
const MOST_AT_ONCE = 200;

/** @param folder as `api.list` takes it */
export async function pages(query: string, folder: string, wanted: number, signal: AbortSignal) {
  const items: Listed[] = [];
  let nextCursor: string | null = null;
  let total = 0;
  do {
    const limit = Math.min(MOST_AT_ONCE, wanted - items.length);
    const page: api.Page = await api.list(query, folder, nextCursor, limit, signal);
    items.push(...page.items);
    nextCursor = page.nextCursor;
    total = page.total ?? total;
  } while (nextCursor !== null && items.length < wanted);
  return { items, nextCursor, total };
}
