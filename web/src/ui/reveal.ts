/**
 * What is shown in the place of parts of a message: a room can put one thing for another here, and
 * whoever shows or copies a message asks. A plain text is its own only part.
 */
import { createStore } from "./store.ts";

export interface Part {
  readonly text: string;
  /** What stands in the message, where it is not this. */
  readonly instead?: string;
}

const store = createStore<{
  /** Grows with every change, for those that keep what they have rendered. */
  version: number;
  parts: (text: string) => readonly Part[];
}>({ version: 0, parts: (text) => [{ text }] });

export const reveal = (parts: (text: string) => readonly Part[]) =>
  store.set({ version: store.get().version + 1, parts });

export const partsOf = (text: string): readonly Part[] => store.get().parts(text);
export const useReveal = (): number => store.use(({ version }) => version);

/** A text as the reader sees it. */
export const asSeen = (text: string): string =>
  partsOf(text)
    .map((part) => part.text)
    .join("");
