/** What a text says in another writing: Base64, hexadecimal, percent signs, ROT13, backwards. */
import { rot13 } from "../secrets.ts";

/** Runs that are decoded, and characters of each. */
const MAX_RUNS = 32;
const MAX_RUN = 4000;

const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const HEX = /(?:(?:\\x|0x|%)?[0-9a-fA-F]{2}[ ,:]?){10,}/g;
const ESCAPES = /(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|&#x?[0-9a-fA-F]{1,6};){4,}/g;
const BINARY = /(?:[01]{8}[ ,]?){6,}/g;

/** Readable texts that stand in it, each with how it was written. */
export function* decodings(text: string): Generator<{ how: string; text: string }> {
  for (const run of some(text, BASE64)) {
    const decoded = readable(Buffer.from(run, "base64"));
    if (decoded) yield { how: "base64", text: decoded };
  }
  for (const run of some(text, HEX)) {
    const digits = run.replace(/\\x|0x|[^0-9a-fA-F]/g, "");
    const decoded = readable(Buffer.from(digits, "hex"));
    if (decoded) yield { how: "hex", text: decoded };
  }
  for (const run of some(text, BINARY)) {
    const bytes = run.match(/[01]{8}/g) ?? [];
    const decoded = readable(Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))));
    if (decoded) yield { how: "binary", text: decoded };
  }
  for (const run of some(text, ESCAPES)) {
    yield {
      how: "escapes",
      text: run.replace(/\\[ux]([0-9a-fA-F]{2,4})|&#(x?)([0-9a-fA-F]{1,6});/g, unescaped),
    };
  }
  if (text.includes("%")) {
    const decoded = text.slice(0, MAX_RUNS * MAX_RUN).replace(/(?:%[0-9a-fA-F]{2})+/g, percent);
    if (decoded !== text) yield { how: "percent", text: decoded.replace(/\+/g, " ") };
  }
  yield { how: "rot13", text: rot13(text) };
  yield { how: "backwards", text: [...text].reverse().join("") };
}

function some(text: string, pattern: RegExp): string[] {
  return (text.match(pattern) ?? []).slice(0, MAX_RUNS).map((run) => run.slice(0, MAX_RUN));
}

function percent(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    // Not UTF-8, so nothing that anybody reads.
    return run;
  }
}

function unescaped(_: string, hex: string | undefined, x: string | undefined, entity: string) {
  const code = hex ? Number.parseInt(hex, 16) : Number.parseInt(entity, x ? 16 : 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
}

/** The bytes as text, if that is what they are. */
function readable(bytes: Buffer): string | undefined {
  const text = bytes.toString("utf8");
  const strange = text.match(/[^\p{L}\p{N}\p{P}\p{Zs}\n\t$+=<>|`^~]/gu)?.length ?? 0;
  return text.length >= 8 && strange <= text.length * 0.1 ? text : undefined;
}
