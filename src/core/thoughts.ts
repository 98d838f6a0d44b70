/** How much a model may think before its answer: what can be asked for, and of which model. */

declare module "./types.ts" {
  interface Extras {
    readonly thinking?: ThinkingWish | undefined;
  }

  interface ModelCard {
    /** Absent for a model whose template knows no thoughts. */
    readonly thinking?: ThinkingWays | undefined;
  }
}

export const EFFORTS = ["low", "medium", "high"] as const;
export type Effort = (typeof EFFORTS)[number];

/** Who does not think is not disturbed by it. */
export interface ThinkingWish {
  /** Most tokens of the thought; 0 is none. As many as it likes when absent. */
  readonly tokens?: number | undefined;
  /** For a template that has a word for it; as a number of tokens for any other. */
  readonly effort?: Effort | undefined;
}

/** What can be wished of the thoughts of a model. */
export interface ThinkingWays {
  /** They can be left out, and be bounded. */
  readonly off: boolean;
  /** Its template knows how much effort is wanted. */
  readonly effort: boolean;
  /** Another server has its template, and decides. */
  readonly elsewhere?: true | undefined;
}
