/**
 * Signed notes as C2SP defines them (c2sp.org/signed-note), and the cosignatures of witnesses
 * (c2sp.org/tlog-cosignature): a text, an empty line, and a line for each signature. Ed25519 by the
 * platform (WebCrypto), which Node and browsers share.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { CharlaError } from "../errors.ts";
import { concat, fromBase64, fromHex, same, toBase64, toHex, utf8 } from "./bytes.ts";

/** Kinds of signatures: over the note itself; by a witness, with the time at which it looked. */
const ED25519 = 1;
const COSIGNATURE = 4;

/** A public key with the name of who signs: "example.com/foo+530d903a+AW..." */
export interface Verifier {
  readonly name: string;
  /** Four bytes, in hexadecimal digits. */
  readonly id: string;
  readonly kind: number;
  readonly key: Uint8Array<ArrayBuffer>;
}

export interface Signature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Note {
  /** Up to and with its last end of line. */
  readonly text: string;
  readonly signatures: readonly Signature[];
}

/** An Ed25519 private key of the platform. */
export type SigningKey = Parameters<typeof crypto.subtle.sign>[1];

/** Of a note; those of the ones that we know are a few hundred bytes. */
const MAX_NOTE = 1_000_000;
const MAX_SIGNATURES = 100;

const NAME = /^[^\s+]+$/u;

function keyId(name: string, kind: number, key: Uint8Array): string {
  return toHex(sha256(concat(utf8(`${name}\n`), Uint8Array.of(kind), key)).subarray(0, 4));
}

export function verifierOf(
  name: string,
  key: Uint8Array<ArrayBuffer>,
  { witness = false } = {},
): Verifier {
  const kind = witness ? COSIGNATURE : ED25519;
  return { name, id: keyId(name, kind, key), kind, key };
}

export const formatVerifier = ({ name, id, kind, key }: Verifier): string =>
  `${name}+${id}+${toBase64(concat(Uint8Array.of(kind), key))}`;

/** @throws CharlaError `log_key_invalid` */
export function parseVerifier(text: string): Verifier {
  const [, name = "", id = "", encoded = ""] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text.trim()) ?? [];
  const bytes = fromBase64(encoded);
  const kind = bytes?.[0] ?? 0;
  const key = bytes?.slice(1);
  const right = NAME.test(name) && key?.length === 32 && (kind === ED25519 || kind === COSIGNATURE);
  if (!right || keyId(name, kind, key) !== id) {
    throw new CharlaError("log_key_invalid", {
      status: 400,
      message: "This is not the public key of a log.",
      hint: "It is one line, as `charla log key` prints it: a name, a number and the key, with + between.",
    });
  }
  return { name, id, kind, key };
}

/** @throws CharlaError `note_invalid` */
export function parseNote(source: string): Note {
  const end = source.lastIndexOf("\n\n");
  if (source.length > MAX_NOTE || end < 0 || !source.endsWith("\n")) throw noteInvalid();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the format forbids them
  if (/[\u0000-\u0009\u000b-\u001f]/.test(source) || !source.isWellFormed()) throw noteInvalid();
  const lines = source.slice(end + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw noteInvalid();
  return { text: source.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): Signature {
  const [, name = "", encoded = ""] = /^\u2014 (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded);
  if (!NAME.test(name) || !bytes || bytes.length < 5) throw noteInvalid();
  return { name, id: toHex(bytes.subarray(0, 4)), bytes: bytes.slice(4) };
}

function noteInvalid(): CharlaError {
  return new CharlaError("note_invalid", {
    status: 400,
    message: "This is not a signed note.",
    hint: "Take it as it was given out: a text, an empty line, and a line for each signature.",
  });
}

export const formatNote = ({ text, signatures }: Note): string =>
  `${text}\n${signatures
    .map(({ name, id, bytes }) => {
      const number = fromHex(id) ?? new Uint8Array();
      return `\u2014 ${name} ${toBase64(concat(number, bytes))}\n`;
    })
    .join("")}`;

/** Whether this key has signed the note: once, and rightly. */
export async function isSignedBy(note: Note, { name, id, kind, key }: Verifier): Promise<boolean> {
  const own = note.signatures.filter((one) => one.name === name && one.id === id);
  const [signature] = own;
  if (!signature || own.some((one) => !same(one.bytes, signature.bytes))) return false;
  const { bytes } = signature;
  if (bytes.length !== (kind === COSIGNATURE ? 72 : 64)) return false;
  const text = kind === COSIGNATURE ? cosigned(bytes, note.text) : note.text;
  const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", imported, bytes.slice(-64), utf8(text));
}

/** What a witness signs: its time, in seconds since 1970, and the checkpoint. */
function cosigned(bytes: Uint8Array, text: string): string {
  const time = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  return `cosignature/v1\ntime ${time}\n${text}`;
}

export async function sign(text: string, signer: Verifier, key: SigningKey): Promise<Signature> {
  const bytes = new Uint8Array(await crypto.subtle.sign("Ed25519", key, utf8(text)));
  return { name: signer.name, id: signer.id, bytes };
}

/** @param time seconds since 1970 */
export async function cosign(
  text: string,
  witness: Verifier,
  key: SigningKey,
  time: number,
): Promise<Signature> {
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time));
  const { bytes } = await sign(cosigned(stamp, text), witness, key);
  return { name: witness.name, id: witness.id, bytes: concat(stamp, bytes) };
}
