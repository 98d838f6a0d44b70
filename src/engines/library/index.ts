/** Models as files: which there are, where they come from, and the engine that runs one of them. */
export { hubFrom } from "./hub.ts";
export { Library, type LibraryOptions, type LoadRequest } from "./library.ts";
