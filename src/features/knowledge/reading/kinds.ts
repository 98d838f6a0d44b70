/** What a file is: by its bytes, and by its name where bytes do not tell. */
import { lookAt } from "../../../core/images.ts";
import { type Reader, Unreadable } from "./sections.ts";
import { Archive } from "./zip.ts";

const MARKDOWN = /\.(md|markdown|mdown|mkd|rst|adoc)$/i;
const HTML = /\.(html?|xhtml)$/i;
const TABLE = /\.(csv|tsv)$/i;

const starts = (bytes: Uint8Array, text: string, at = 0): boolean =>
  [...text].every((sign, index) => bytes[at + index] === sign.charCodeAt(0));

/** @throws Unreadable where nobody here can read it */
export async function readerOf(bytes: Uint8Array, name: string): Promise<Reader> {
  // The mark need not be the first of the file.
  if (new TextDecoder("latin1").decode(bytes.subarray(0, 1024)).includes("%PDF-"))
    return (await import("./pdf.ts")).pdf;
  if (lookAt(bytes)) return (await import("./image.ts")).image;
  if (starts(bytes, "PK\x03\x04") || starts(bytes, "PK\x05\x06")) return ofArchive(bytes);
  // A compound file: Word before 2007, and any of Office that is locked by a password.
  if (starts(bytes, "\xd0\xcf\x11\xe0")) {
    const locked = Buffer.from(bytes).includes(Buffer.from("EncryptedPackage", "utf16le"));
    throw new Unreadable(locked ? "file_encrypted" : "file_old_office");
  }
  const text = await import("./text.ts");
  const source = text.decode(bytes.subarray(0, 4096));
  if (HTML.test(name) || /^\s*(<!doctype html|<html[\s>])/i.test(source))
    return (await import("./html.ts")).html;
  if (isBinary(source)) throw new Unreadable("file_unknown");
  if (MARKDOWN.test(name)) return text.markdown;
  if (TABLE.test(name)) return text.csv;
  return text.plain;
}

/** Whether there are signs that no text has: escape sequences of terminals are some. */
const isBinary = (text: string): boolean =>
  [...text].some((sign) => sign < " " && sign !== ESCAPE && !/\s/.test(sign));
const ESCAPE = String.fromCharCode(27);

async function ofArchive(bytes: Uint8Array): Promise<Reader> {
  const archive = new Archive(bytes);
  const has = (name: string) => archive.names.has(name);
  if (has("word/document.xml")) return (await import("./office.ts")).docx;
  if (has("xl/workbook.xml")) return (await import("./xlsx.ts")).xlsx;
  if (has("ppt/presentation.xml")) return (await import("./slides.ts")).pptx;
  const media = has("mimetype") ? (archive.text("mimetype") ?? "").trim() : "";
  if (media === "application/epub+zip") return (await import("./slides.ts")).epub;
  if (media.startsWith("application/vnd.oasis.opendocument."))
    return (await import("./office.ts")).odt;
  throw new Unreadable("file_unknown");
}
