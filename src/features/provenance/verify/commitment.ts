/**
 * What an entry of the log says of a text without saying the text: HMAC-SHA256 under a random salt of
 * 32 bytes. With the salt anybody can check a text; without it, not even one of two words can be told.
 * Nothing here needs a server: the page and the offline verifier compute the same.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { composed } from "../../../core/normal.ts";
import { concat, toHex, utf8 } from "../../../core/tlog/bytes.ts";
import { canonical } from "../../../core/tlog/canonical.ts";
import type { Message } from "../../../core/types.ts";

export type Committed = "prompt" | "answer";

/** @returns in hexadecimal digits */
export function commitment(salt: Uint8Array, kind: Committed, text: string): string {
  return toHex(hmac(sha256, salt, concat(utf8(`${kind}/v1`), utf8(composed(text)))));
}

/** A prompt as the one text that is committed to. */
export const promptText = (messages: readonly Pick<Message, "role" | "content">[]): string =>
  canonical(messages.map(({ role, content }) => ({ role, content })));
