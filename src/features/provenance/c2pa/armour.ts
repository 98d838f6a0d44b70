/**
 * A C2PA manifest inside a document that has comments (C2PA 2.4, A.9): its last line, as a comment that
 * readers do not see. Written for Markdown.
 */
import { fromBase64, toBase64, utf8 } from "../../../core/tlog/bytes.ts";
import type { Wrapped } from "./wrapper.ts";

const [BEGIN, END] = ["-----BEGIN C2PA MANIFEST-----", "-----END C2PA MANIFEST-----"];
const [BEFORE, AFTER] = [`\n<!-- ${BEGIN} data:application/c2pa;base64,`, ` ${END} -->`];

/** Bytes in UTF-8 that a manifest of a length takes. */
export const lineRoom = (length: number): number =>
  utf8(BEFORE + AFTER).length + 4 * Math.ceil(length / 3);

/**
 * @returns undefined where the base64 would end without padding: `encypher-c2pa` 1 then takes the place
 *   for longer than it is, and calls the text changed
 */
export const lineOf = (manifest: Uint8Array): string | undefined =>
  manifest.length % 3 === 0 ? undefined : BEFORE + toBase64(manifest) + AFTER;

/** The line at the end of a document, with the end of the line before it. */
export function lineIn(document: string): Wrapped | undefined {
  const from = document.lastIndexOf(BEFORE);
  if (from === -1 || !document.endsWith(AFTER)) return undefined;
  const encoded = document.slice(from + BEFORE.length, -AFTER.length);
  return { manifest: fromBase64(encoded), from, to: document.length };
}
