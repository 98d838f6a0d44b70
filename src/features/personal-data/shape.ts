/** What a placeholder looks like: "[DNI_1]", and "[DNI_1.2]" for another spelling of the same. */
import { KINDS, labelOf } from "./kinds.ts";

const LABELS = KINDS.map(labelOf).join("|");
const SHAPE = `\\[(${LABELS})_([1-9]\\d{0,5})(?:\\.([1-9]\\d{0,5}))?\\]`;
/** Every placeholder of a text, with its label, number and spelling; flags `g`. */
export const placeholders = (text: string) => text.matchAll(new RegExp(SHAPE, "g"));
/** Longest placeholder, in characters. */
export const LONGEST = Math.max(...KINDS.map((kind) => kind.length)) + 16;

/** Puts the values back. In one pass, so that a value is never looked at again. */
export function unmask(text: string, lookUp: (name: string) => string | null): string {
  return text.replace(new RegExp(SHAPE, "g"), (name) => lookUp(name) ?? name);
}
