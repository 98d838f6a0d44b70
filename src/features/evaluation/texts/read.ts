/** Reads texts to measure on: plain ones, or documents as JSON lines. */
import { hash } from "node:crypto";
import * as z from "zod";
import { textUnusable } from "../errors.ts";
import type { Source } from "../plan.ts";

/** A text by itself: nothing that stands before it helps to guess it. */
export interface Document {
  readonly text: string;
  /** "en"; "und" where nobody has said. */
  readonly language: string;
}

const line = z.object({
  text: z.string(),
  lang: z.string().max(35).optional(),
  language: z.string().max(35).optional(),
  licence: z.string().max(200).optional(),
});

export interface Read {
  readonly source: Source;
  readonly documents: readonly Document[];
}

const UNKNOWN = "und";

/**
 * @param name of the file, whose ending tells the format
 * @param content of the file, as it is
 * @param language of a text that does not say itself
 * @throws CharlaError `evaluation_text_unusable`
 */
export function readTexts(name: string, content: string, language = UNKNOWN): Read {
  const lines = /\.(jsonl|ndjson)$/i.test(name);
  const { documents, licence } = lines ? parsed(name, content, language) : plain(content, language);
  if (documents.length === 0) throw textUnusable(name, "0");
  return {
    documents,
    source: {
      name,
      digest: hash("sha256", content, "hex"),
      bytes: Buffer.byteLength(content),
      documents: documents.length,
      languages: [...new Set(documents.map((one) => one.language))],
      licence,
    },
  };
}

function plain(content: string, language: string) {
  const text = content.startsWith("\u{feff}") ? content.slice(1) : content;
  return { documents: text.trim() === "" ? [] : [{ text, language }], licence: undefined };
}

function parsed(name: string, content: string, language: string) {
  const documents: Document[] = [];
  const licences = new Set<string>();
  for (const [index, one] of content.split(/\r?\n/).entries()) {
    if (one.trim() === "") continue;
    const at = `${name}:${index + 1}`;
    let value: unknown;
    try {
      value = JSON.parse(index === 0 && one.startsWith("\u{feff}") ? one.slice(1) : one);
    } catch (cause) {
      throw textUnusable(at, "JSON", cause);
    }
    const result = line.safeParse(value);
    if (!result.success) throw textUnusable(at, '"text"', result.error);
    const { text, lang, language: longer, licence } = result.data;
    if (text.trim() !== "") documents.push({ text, language: lang ?? longer ?? language });
    if (licence) licences.add(licence);
  }
  return { documents, licence: licences.size > 0 ? [...licences].join(", ") : undefined };
}

/** @throws CharlaError `evaluation_text_unusable` for bytes that are no UTF-8 */
export function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw textUnusable(name, "UTF-8", cause);
  }
}
