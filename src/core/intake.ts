/**
 * The way of a user's text into Charla: before anything stores, logs or computes it, each feature
 * that wants to may change it (remove what hides in it, mask what is personal). Whoever stores a
 * text calls `kit.intake` first, and stores what comes back. What is never stored (OpenAI's API)
 * goes through the same features' steps instead.
 */
import type { Kit } from "./feature.ts";

/** A text that somebody has written, said or brought along. */
export interface Incoming {
  readonly text: string;
  /** Where it will stand; a title and a system prompt are texts of users, too. */
  readonly kind: "message" | "title" | "system" | "import";
  /** The person to whom it belongs. */
  readonly owner: string;
  readonly conversation: string;
  /** The conversation's own wish, as it is stored in its settings. */
  readonly privacy?: "off" | "warn" | "mask" | undefined;
}

/** Gives the text as it may be stored. Throws to refuse it. */
export type Intake = (incoming: Incoming) => Promise<string>;

/** The stored conversation to which a turn belongs. */
export type Belongs = Pick<Incoming, "owner" | "conversation" | "privacy">;

declare module "./types.ts" {
  interface Turn {
    /** Its answer (or title) will be stored there; absent for what is never stored. */
    readonly belongs?: Belongs | undefined;
  }
}

declare module "./feature.ts" {
  interface Feature {
    /** Called in the features' order, each with what the one before has left. */
    readonly intake?: Intake;
    /** What every chat's system prompt begins with, so that engines can prepare for it. */
    readonly opening?: string | undefined;
    /** Erases what it keeps of conversations that are about to be removed for good. */
    forgetConversations?(ids: readonly string[]): Promise<void>;
  }
  interface Kit {
    /** Absent where no feature has one. */
    readonly intake?: Intake | undefined;
    /** Whoever removes conversations for good calls this first, so that nothing outlives them. */
    readonly forgetConversations?: ((ids: readonly string[]) => Promise<void>) | undefined;
  }
}

/** One after the other. */
export function composeIntake(intakes: readonly Intake[]): Intake {
  return async (incoming) => {
    let { text } = incoming;
    for (const intake of intakes) text = await intake({ ...incoming, text });
    return text;
  };
}

/** What comes back from the features of a kit, or the text itself where there are none. */
export const takeIn = async (kit: Kit, incoming: Incoming): Promise<string> =>
  kit.intake ? kit.intake(incoming) : incoming.text;
