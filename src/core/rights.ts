/**
 * What the law gives people over what is stored of them: each feature that stores something of a
 * person says here how to give it out and how to erase it. The feature `rights` asks them all.
 */

/** A file of a person's archive. */
export interface ArchiveFile {
  /** Of our own making, with slashes: "conversations/export.json". */
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** A line of the report on an erasure. */
export interface Erased {
  /** In the words of `src/locales`, by key: "rights.erased.messages". */
  readonly what: string;
  readonly count: number;
}

export interface Rights {
  /** Everything that is stored of a person, readable and machine-readable. */
  collect(person: string): AsyncIterable<ArchiveFile>;
  /** Erases it for good; a second call finds nothing and is no error. */
  erase(person: string): Promise<readonly Erased[]>;
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

declare module "./feature.ts" {
  interface Feature {
    readonly rights?: Rights;
    /** Erases what is older than its period; called at the start and every day. */
    expire?(periods: Periods): Promise<readonly Erased[]>;
  }
}

declare module "./engine.ts" {
  interface Engine {
    /** Forgets the states of conversations, in memory and on disk. */
    forget?(): Promise<void>;
  }
  interface Engines {
    /** The same for every engine, and for what is on disk of engines that are not loaded. */
    forget?(): Promise<void>;
  }
}
