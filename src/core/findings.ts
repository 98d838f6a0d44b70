/** What one feature has measured of models, for the documents of another: in words and tables. */
import type { Language } from "./words.ts";

export interface Asked {
  /** Whose measurements. */
  readonly owner: string;
  /** Id of the model, which was measured with this adapter and without. */
  readonly model: string;
  readonly adapter: string;
  readonly language: Language;
}

export interface Finding {
  /** What was measured: "bias". */
  readonly kind: string;
  /** When it was begun, ISO 8601. */
  readonly at: string;
  readonly tables: readonly {
    readonly head: readonly string[];
    readonly rows: readonly (readonly string[])[];
  }[];
  readonly notes: readonly string[];
}
