/**
 * A turn of a program that lets the model search in files which the program has chosen: what is asked
 * for, and what is told of each search. Whoever keeps files does it; the program is told what was found.
 */
import type { Filter } from "./attributes.ts";
import "./parts.ts";

export interface FileSearch {
  /** Ids of collections of files of whoever asks. */
  readonly stores: readonly string[];
  /** Passages that a search may find. */
  readonly most: number;
  /** Of scores; see `FoundPassage`. */
  readonly least: number;
  readonly filter?: Filter | undefined;
  /** Whether the question is searched for before the model is asked, which else decides by itself. */
  readonly first: boolean;
}

export interface FoundPassage {
  readonly file: string;
  readonly name: string;
  /** From 0 to 1, by its rank. */
  readonly score: number;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

declare module "./parts.ts" {
  interface Parts {
    /** A search has been made for this answer, before what stands behind it. */
    search: { readonly queries: readonly string[]; readonly results: readonly FoundPassage[] };
  }
}
declare module "./types.ts" {
  interface Turn {
    readonly fileSearch?: FileSearch | undefined;
  }
}
