/** What "[1]" in the text that is being shown leads to; whoever shows a text asks. */
import { createContext } from "react";

export interface Reference {
  /** "1" */
  readonly mark: string;
  /** Where it leads, in words. */
  readonly title: string;
  open(): void;
}

export const References = createContext<readonly Reference[]>([]);
