/**
 * A C2PA manifest inside a text that nobody sees and that copying keeps (C2PA 2.4, A.8): U+FEFF, and
 * after it each byte as one of the 256 variation selectors. First come "C2PATXT", 0, a version and the
 * manifest's length; after the manifest there may be zeros. Needs no server: the page imports it.
 */
import { concat, utf8 } from "../../../core/tlog/bytes.ts";

const MAGIC = concat(utf8("C2PATXT"), Uint8Array.of(0));
const VERSION = 1;
/** The sign, the version and four bytes of length. */
const HEAD = MAGIC.length + 1 + 4;
const START = "\uFEFF";
/** The first 16 bytes have selectors of their own: three bytes in UTF-8, all others four. */
const [FEW, MANY, FEWER] = [0xfe00, 0xe0100, 16];
const RUN = /\uFEFF[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]{8,}/gu;

const selector = (byte: number): string =>
  String.fromCodePoint(byte < FEWER ? FEW + byte : MANY + byte - FEWER);

function byteOf(character: string): number {
  const code = character.codePointAt(0) as number;
  return code >= MANY ? code - MANY + FEWER : code - FEW;
}

/** Bytes in UTF-8 for which every manifest of a length has room. @param length of the manifest */
export const roomFor = (length: number): number => utf8(START).length + 4 * (HEAD + length);

/**
 * @param room in bytes of UTF-8
 * @returns undefined where zeros, of three bytes each, cannot fill the room exactly
 */
export function wrapperOf(manifest: Uint8Array, room: number): string | undefined {
  const head = new Uint8Array(HEAD);
  head.set(MAGIC);
  head[MAGIC.length] = VERSION;
  new DataView(head.buffer).setUint32(MAGIC.length + 1, manifest.length);
  const bare = START + Array.from(concat(head, manifest), selector).join("");
  const gap = room - utf8(bare).length;
  return gap < 0 || gap % 3 !== 0 ? undefined : bare + selector(0).repeat(gap / 3);
}

export interface Wrapped {
  /** Absent where it is cut off, or not in this version's form. */
  readonly manifest?: Uint8Array | undefined;
  /** In UTF-16 units of the text. */
  readonly from: number;
  readonly to: number;
}

/** What begins like a manifest, in the order of the text. */
export function wrappersIn(text: string): Wrapped[] {
  // Most texts have none, and a regular expression with selectors is slow.
  if (!text.includes(START)) return [];
  return [...text.matchAll(RUN)].flatMap(({ 0: run, index }) => {
    const bytes = Uint8Array.from([...run].slice(1), byteOf);
    if (!MAGIC.every((byte, at) => bytes[at] === byte)) return [];
    return [{ manifest: manifestIn(bytes), from: index, to: index + run.length }];
  });
}

function manifestIn(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < HEAD || bytes[MAGIC.length] !== VERSION) return undefined;
  const length = new DataView(bytes.buffer).getUint32(MAGIC.length + 1);
  return bytes.length < HEAD + length ? undefined : bytes.subarray(HEAD, HEAD + length);
}

export function withoutWrappers(text: string): string {
  let [rest, at] = ["", 0];
  for (const { from, to } of wrappersIn(text)) {
    rest += text.slice(at, from);
    at = to;
  }
  return at === 0 ? text : rest + text.slice(at);
}
