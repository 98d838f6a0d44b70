/** Bytes from elsewhere as text. Letters of another encoding are refused, not replaced by marks. */
import { isUtf8 } from "node:buffer";
import { CharlaError } from "./errors.ts";

/** @throws CharlaError `not_utf8` */
export function utf8(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return Buffer.from(bytes).toString();
  throw new CharlaError("not_utf8", {
    status: 400,
    message: "The text that came in is not UTF-8.",
    hint: "Convert it first, for instance by iconv -f latin1 -t utf-8.",
  });
}
