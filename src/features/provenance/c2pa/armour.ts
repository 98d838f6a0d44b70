/**
 * A C2PA manifest inside a document of a format with a place for it (C2PA 2.4, A.9): in Markdown its
 * last line, as a comment that readers do not see. JSON has no comments: there it is the last member.
 * Needs no server: the page imports it.
 */
import { fromBase64, toBase64, utf8 } from "../../../core/tlog/bytes.ts";
import type { Wrapped } from "./wrapper.ts";

/** Characters of a file that is looked at by a server: a chat of some 400 answers with their receipts. */
export const MAX_LABELLED = 2 * 2 ** 20;

const BEGIN = "-----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,";
const END = " -----END C2PA MANIFEST-----";

/** @param found the place with its manifest, of which the last one counts */
function armour(before: string, after: string, found: RegExp) {
  return {
    /** Bytes in UTF-8 that a manifest of a length takes. */
    room: (length: number): number =>
      utf8(before + BEGIN + END + after).length + 4 * Math.ceil(length / 3),

    /**
     * @returns undefined where the base64 would end without padding: `encypher-c2pa` 1 then takes the
     *   place for longer than it is, and calls the text changed
     */
    place: (manifest: Uint8Array): string | undefined =>
      manifest.length % 3 === 0 ? undefined : before + BEGIN + toBase64(manifest) + END + after,

    find(document: string): Wrapped | undefined {
      const last = [...document.matchAll(found)].at(-1);
      if (!last) return undefined;
      const { 0: whole, 1: encoded = "", index } = last;
      return { manifest: fromBase64(encoded), from: index, to: index + whole.length };
    },
  };
}

const INNER = `${BEGIN}([^\\s"]*)${END}`;

/** A line with the end of the line before it. */
export const COMMENT = armour("\n<!-- ", " -->", new RegExp(`\n<!-- ${INNER} -->$`, "g"));

/** What stands in the text of a message has its quotation marks escaped, and is none. */
export const MEMBER = armour(
  ',"c2pa":"',
  '"',
  new RegExp(`,[ \t\r\n]*"c2pa"[ \t\r\n]*:[ \t\r\n]*"${INNER}"`, "g"),
);

/** What is left of an export in JSON behind its label. */
export const CLOSING = "}\n";

/** Where the label of a file as a whole has its place. */
export const armourOf = (file: string): typeof COMMENT => (/^\s*\{/.test(file) ? MEMBER : COMMENT);
