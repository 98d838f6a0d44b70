/**
 * What the law gives people over what is stored of them: each feature that stores something of a
 * person says here how to give it out and how to erase it. The feature `rights` asks them all.
 */
import type { Words } from "./words.ts";

/** A file of a person's archive. */
export interface ArchiveFile {
  /** Of our own making, with slashes: "conversations/export.json". */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** A line of the report on an erasure. */
export interface Erased {
  /** A name for programs and the log: "messages". */
  readonly what: string;
  /** The same for people. */
  readonly words: Words;
  readonly count: number;
  /** Set where it stays: why, and until when (ISO time), where known. */
  readonly kept?: { readonly why: Words; readonly until?: string | undefined } | undefined;
}

/** So much of something is gone because it was old. */
export type Expired = Pick<Erased, "what" | "count">;

export interface Rights {
  /** Everything that is stored of a person, readable (in this language) and machine-readable. */
  collect(person: string, language: "en" | "es"): AsyncIterable<ArchiveFile>;
  /** What people call the person, who types it to confirm an erasure. */
  nameOf?(person: string): Promise<string | undefined>;
  /** Id of the person who signs in with this e-mail address, and may. */
  personAt?(address: string): Promise<string | undefined>;
  /** Asked of every feature before any erases; throws to refuse, as for the last administrator. */
  mayErase?(person: string): Promise<void>;
  /**
   * Erases it for good; a second call finds nothing and is no error. It is called twice, for what
   * was still under way at the first time.
   */
  erase(person: string): Promise<readonly Erased[]>;
  /** Gives it all to another person: the first administrator takes over what was Solo's. */
  giveTo?(from: string, to: string): Promise<void>;
}

/** How long what is stored may stay, by the organisation's policy. */
export interface Periods {
  /** Acts of administrators, in whole months. */
  readonly auditMonths: number;
  /** Chats in which nobody has asked anything for so many days; absent: they stay. */
  readonly unusedChatDays?: number | undefined;
  /** How long a deleted chat can be had back, in minutes. */
  readonly deletedChatMinutes: number;
}

/** What people call a person, where anybody knows. */
export async function nameOf(all: readonly Rights[], person: string): Promise<string | undefined> {
  for (const rights of all) {
    const name = await rights.nameOf?.(person);
    if (name !== undefined) return name;
  }
  return undefined;
}
