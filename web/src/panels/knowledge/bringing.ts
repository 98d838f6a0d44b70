/** What the page asks of files that are about to go along, before the rest of the room is loaded. */
import type { Brought, BroughtImage } from "../../../../src/core/parts.ts";

/** Filled in by `files.ts` once there is any file. */
export const bringing = {
  files: (): readonly Brought[] => [],
  taken: (_files: readonly (Brought | BroughtImage)[]): void => {},
  mayGo: (): Promise<boolean> => Promise.resolve(true),
};
