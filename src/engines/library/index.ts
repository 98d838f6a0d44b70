/** Models as files: which there are, where they come from, and the engines that run them. */
export { hubFrom } from "./hub.ts";
export { Library, type LibraryOptions } from "./library.ts";
export { memoryBudget } from "./machine.ts";
export type { LoadRequest } from "./opener.ts";
