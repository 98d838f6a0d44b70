/**
 * The way of a user's text into Charla: before anything stores, logs or computes it, each feature
 * that wants to may change it (remove what hides in it, mask what is personal). Whoever stores a
 * text calls `house.intake` first, and stores what comes back. What is never stored (OpenAI's API)
 * goes through the same features' steps instead.
 */
import type { Brought } from "./parts.ts";

/** A text that somebody has written, said or brought along. */
export interface Incoming {
  readonly text: string;
  /** Where it will stand; a title and a system prompt are texts of users, too. */
  readonly kind: "message" | "title" | "system" | "import";
  /** The person to whom it belongs. */
  readonly owner: string;
  /** Absent for a text that belongs to no chat. */
  readonly conversation?: string | undefined;
  /** The conversation's own wish, as it is stored in its settings. */
  readonly privacy?: "off" | "warn" | "mask" | undefined;
}

/** Gives the text as it may be stored. Throws to refuse it. */
export type Intake = (incoming: Incoming) => Promise<string>;

/** The stored conversation to which a turn belongs. */
export type Belongs = Pick<Incoming, "owner" | "privacy"> & {
  readonly conversation: string;
  /** The files that its questions have brought along, up to the one that is asked. */
  readonly files?: readonly Brought[] | undefined;
  /** The first of the stored messages of which each of its own is made; "" for what is asked now. */
  readonly messages?: readonly string[] | undefined;
  /** Whether what no longer fits the window is looked up; as the policy has it if absent. */
  readonly recall?: boolean | undefined;
  /** Ids of the collections of files that the chat is answered from. */
  readonly collections?: readonly string[] | undefined;
};

declare module "./types.ts" {
  interface Turn {
    /** Its answer (or title) will be stored there; absent for what is never stored. */
    readonly belongs?: Belongs | undefined;
    /** Files of whoever asks that it is about, by their ids, where it belongs to no chat. */
    readonly files?: readonly string[] | undefined;
  }
}

/** One after the other, whoever is there by then. */
export function composeIntake(intakes: () => readonly Intake[]): Intake {
  return async (incoming) => {
    let { text } = incoming;
    for (const intake of intakes()) text = await intake({ ...incoming, text });
    return text;
  };
}
