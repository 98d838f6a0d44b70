/**
 * The machine-readable label on what a model has written: a response header, and words in exports.
 *
 * The header is `AI-Disclosure` of draft-abaris-aicdh-01 (work in progress, January 2026), a
 * dictionary of RFC 9651. There is no standard yet; of the proposals it is the one for HTTP. Exports
 * carry the term of the IPTC's vocabulary for digital sources, which C2PA uses as well.
 */

/** The draft's word for what is written by a model and read by nobody before it is sent. */
const MODE = "machine-generated";

export const AI_LABEL = {
  mode: MODE,
  digitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
} as const;

export const AI_HEADER = "ai-disclosure";

/** Puts a signed label into what leaves, which says that a model has part in it. */
export interface Labels {
  /** In Markdown. */
  document(markdown: string): Promise<string>;
  /** An object in JSON, piece by piece. */
  file(pieces: AsyncIterable<string>): Promise<AsyncIterable<string>>;
}

export const UNLABELLED: Labels = {
  document: async (markdown) => markdown,
  file: async (pieces) => pieces,
};

/** @param model id, where it is known by then */
export function disclosure(model?: string, now = new Date()): string {
  const date = `date=@${Math.floor(now.getTime() / 1000)}`;
  return [`mode=${MODE}`, ...(model === undefined ? [] : [`model=${quoted(model)}`]), date].join(
    ", ",
  );
}

/** A string of RFC 9651 has printable ASCII only. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}
