/**
 * The log of administrative acts: who did what to whom, when. Nothing of what people write is in
 * it, and nothing that is in it can be changed.
 */

export interface Act {
  /** Id of the person who did it; "system" where nobody did. */
  readonly actor: string;
  /** A noun and a verb in the past: "member.invited", "chat.read", "policy.changed". */
  readonly act: string;
  /** What it was done to, by id. */
  readonly subject?: string | undefined;
  /** Short facts without text of messages: a role, a date, a reason. */
  readonly details?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/**
 * Resolved when the act is stored; whoever cannot write it down does not do it. Never called inside
 * a transaction: SQLite has one connection, which that one holds.
 */
export type RecordAct = (act: Act) => Promise<void>;
