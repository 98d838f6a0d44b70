/** Ways to read a text; `perplexity/windows.ts` says what they do. */
export const PROTOCOLS = ["llama", "strided", "bits"] as const;
export type Protocol = (typeof PROTOCOLS)[number];
