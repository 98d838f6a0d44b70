/**
 * The thought of a model that reasons, told from its answer while both are written: templates of
 * Qwen3, DeepSeek R1 and others put it between `<think>` and `</think>`, and some open it
 * themselves, so that the text begins inside. A thought stands before the answer or nowhere: the
 * same marks later on are text.
 */

/** What can be told by now; either may be empty. */
export interface Told {
  readonly reasoning: string;
  readonly text: string;
}

const OPEN = "<think>";
const CLOSE = "</think>";
/** Blanks before a thought that are waited through, in characters. */
const MAX_BLANKS = 64;

/** Takes the texts of an answer in order. */
export class Thought {
  #stage: "before" | "opened" | "inside" | "closed" | "after";
  readonly #close: string;
  /** What has come and could still be a part of a mark. */
  #held = "";

  /**
   * @param opened what ends the thought that the prompt has opened, if it has opened one; null where
   *   no thought is looked for
   */
  constructor(opened?: string | null) {
    this.#stage = opened === undefined ? "before" : opened === null ? "after" : "opened";
    this.#close = opened ?? CLOSE;
  }

  /** Whether a thought has been opened and not yet closed. */
  get thinking(): boolean {
    return this.#stage === "opened" || this.#stage === "inside";
  }

  /** Whether all that still comes is text. */
  get over(): boolean {
    return this.#stage === "after";
  }

  push(text: string): Told {
    if (this.over) return { reasoning: "", text };
    this.#held += text;
    if (this.#stage === "before") this.#begin();
    // The blanks after either mark belong to the mark.
    if (this.#stage === "opened" && this.#skipBlanks()) this.#stage = "inside";
    const reasoning = this.#stage === "inside" ? this.#think() : "";
    if (this.#stage === "closed" && this.#skipBlanks()) this.#stage = "after";
    return { reasoning, text: this.over ? this.#take(this.#held.length) : "" };
  }

  /** The answer has ended: what was held back. */
  finish(): Told {
    const rest = this.#take(this.#held.length);
    const thought = this.#stage === "inside";
    return { reasoning: thought ? rest : "", text: thought ? "" : rest };
  }

  #begin(): void {
    const start = this.#held.trimStart();
    if (start.startsWith(OPEN)) {
      this.#held = start.slice(OPEN.length);
      this.#stage = "opened";
    } else if (!OPEN.startsWith(start) || this.#held.length > start.length + MAX_BLANKS) {
      this.#stage = "after";
    }
  }

  #think(): string {
    const end = this.#held.indexOf(this.#close);
    if (end < 0) return this.#take(this.#held.length - tailOf(this.#held, this.#close));
    const thought = this.#take(end);
    this.#take(this.#close.length);
    this.#stage = "closed";
    return thought;
  }

  /** @returns whether something else than blanks has come */
  #skipBlanks(): boolean {
    this.#held = this.#held.trimStart();
    return this.#held !== "";
  }

  #take(length: number): string {
    const taken = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return taken;
  }
}

/** So many of the last characters could be the beginning of the mark. */
function tailOf(text: string, mark: string): number {
  for (let length = Math.min(text.length, mark.length - 1); length > 0; length--) {
    if (mark.startsWith(text.slice(-length))) return length;
  }
  return 0;
}
