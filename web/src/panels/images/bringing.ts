/** What the page asks of images that are about to go along, before the rest of the room is loaded. */
import type { Brought, BroughtImage } from "../../../../src/core/parts.ts";

/** Filled in by `shots.ts` once there is any image. */
export const bringing = {
  images: (): readonly BroughtImage[] => [],
  taken: (_files: readonly (Brought | BroughtImage)[]): void => {},
  mayGo: (): Promise<boolean> => Promise.resolve(true),
};
