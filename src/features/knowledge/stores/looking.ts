/** Searches in the files of vector stores: those that a filter lets through, by one question or several. */
import { type Attributes, type Filter, matcher } from "../../../core/attributes.ts";
import { pauses } from "../../../core/slices.ts";
import type { Passage } from "../api.ts";
import type { Scored, Search } from "../finding/search.ts";
import type { Member, Stores } from "./store.ts";

export interface Looked {
  readonly questions: readonly string[];
  readonly most: number;
  readonly filter?: Filter | undefined;
  /** Of what is less, nothing is told. */
  readonly least: number;
}

export interface Seen extends Passage {
  readonly score: number;
  readonly attributes: Attributes;
}

/** Best first. @throws CharlaError `store_not_found`, `store_expired` */
export async function look(
  { stores, search }: { readonly stores: Stores; readonly search: Search },
  owner: string,
  ids: readonly string[],
  { questions, most, filter, least }: Looked,
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const members = new Map<string, Member>();
  const fits = filter ? matcher(filter) : () => true;
  const pause = pauses(signal);
  for (const id of new Set(ids)) {
    await pause();
    for (const member of await stores.searched(owner, id))
      if (fits(member.attributes)) members.set(member.file.id, member);
  }
  const files = [...members.values()].map(({ file }) => file);
  const best = new Map<string, Scored>();
  for (const text of questions) {
    const { hits } = await search.find(files, { text }, signal);
    // Of each question no more can be among the best.
    for (const hit of hits.slice(0, most)) {
      const key = `${hit.file.id} ${hit.piece}`;
      if (hit.score >= Math.max(least, best.get(key)?.score ?? 0)) best.set(key, hit);
    }
  }
  const ranked = [...best.values()].sort((a, b) => b.score - a.score);
  const seen: Seen[] = [];
  for (const hit of ranked.slice(0, most)) {
    const passage = await search.passage(hit);
    const attributes = members.get(hit.file.id)?.attributes ?? {};
    if (passage) seen.push({ ...passage, score: hit.score, attributes });
  }
  return seen;
}
