/** Files of questions as text, whatever program wrote them: UTF-8, UTF-16 or Windows's Latin-1. */
import { notText } from "./errors.ts";

/** Gives the bytes of a file, from the beginning each time it is called. */
export type Open = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** Bytes that are looked at to tell UTF-16 and what is no text. */
const HEAD = 4096;

/**
 * Reads the file once to know its encoding; what is not UTF-8 throughout, and is text, is Latin-1.
 *
 * @throws CharlaError `evaluation_set_not_text`
 */
export async function encodingOf(file: string, open: Open): Promise<Encoding> {
  const strict = new TextDecoder("utf-8", { fatal: true });
  let head = new Uint8Array();
  let utf8 = true;
  for await (const chunk of open()) {
    if (head.length < HEAD)
      head = Uint8Array.from([...head, ...chunk.subarray(0, HEAD - head.length)]);
    if (head.length >= HEAD && wide(head)) break;
    try {
      if (utf8) strict.decode(chunk, { stream: true });
    } catch {
      utf8 = false;
      if (head.length >= HEAD) break;
    }
  }
  const utf16 = wide(head);
  if (utf16) return utf16;
  if (binary(head)) throw notText(file);
  try {
    if (utf8) strict.decode();
  } catch {
    utf8 = false;
  }
  return utf8 ? "utf-8" : "windows-1252";
}

/** By its mark, or since every other byte of Western text is 0. */
function wide(head: Uint8Array): Encoding | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const pairs = Math.floor(head.length / 2);
  if (pairs < 2) return undefined;
  const zeros = [0, 0];
  for (let at = 0; at < pairs * 2; at++) {
    if (head[at] === 0) zeros[at % 2] = (zeros[at % 2] as number) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  if (odd > pairs * 0.7 && even < pairs * 0.1) return "utf-16le";
  return even > pairs * 0.7 && odd < pairs * 0.1 ? "utf-16be" : undefined;
}

/** Zeros, or more control characters than any text has. */
function binary(head: Uint8Array): boolean {
  const odd = head.filter((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
  return head.includes(0) || odd.length > head.length / 50;
}

/** The text in pieces, without a byte order mark. */
export async function* decoded(open: Open, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of open()) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== "") yield text;
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}
