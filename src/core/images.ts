/**
 * Images in messages: what one is, known by its own bytes, and what is asked of an engine that has to see
 * it. Whoever puts one into a turn has its bytes; no address is ever fetched.
 */
import type { Media } from "./parts.ts";

export const IMAGE_MEDIA = ["image/jpeg", "image/png", "image/webp"] as const;
export type ImageMedia = (typeof IMAGE_MEDIA)[number];

/** An image as a model is given it. */
export interface Image extends Size {
  readonly media: ImageMedia;
  readonly base64: string;
  /** UTF-16 unit of the message's text before which it stands; 0 when absent. */
  readonly at?: number | undefined;
  /** How closely a model is to look, in the words of OpenAI's API. */
  readonly detail?: string | undefined;
}

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

declare module "./types.ts" {
  interface Message {
    readonly images?: readonly Image[] | undefined;
  }
  interface Extras {
    /** Asked for by every message that has an image. */
    readonly vision?: true | undefined;
  }
  interface ModelCard {
    /** It sees images. */
    readonly vision?: true | undefined;
  }
}

/** Bytes of one image. */
export const MOST_IMAGE_BYTES = 5 * 2 ** 20;
/** In a message, and in a request. */
export const MOST_IMAGES = 20;
/** Of one side, in pixels; and of all, which is what it takes to unpack it. */
const MOST_SIDE = 16_384;
const MOST_PIXELS = 50e6;

/**
 * What an image's own first bytes say of it; undefined for what is none of the three kinds, or larger
 * than anybody here unpacks.
 * Sources: PNG (W3C), 11.2.1; JPEG (ITU T.81), B.2.2; WebP (RFC 9649), 2.5 to 2.7.
 */
export function lookAt(bytes: Uint8Array): (Size & { readonly media: ImageMedia }) | undefined {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const known = png(data) ?? jpeg(data) ?? webp(data);
  if (!known) return undefined;
  const { width, height } = known;
  if (Math.min(width, height) < 1 || Math.max(width, height) > MOST_SIDE) return undefined;
  return width * height > MOST_PIXELS ? undefined : known;
}

type Found = ReturnType<typeof lookAt>;

const says = (data: DataView, at: number, words: string): boolean =>
  data.byteLength >= at + words.length &&
  [...words].every((sign, index) => data.getUint8(at + index) === sign.charCodeAt(0));

function png(data: DataView): Found {
  if (!says(data, 0, "\x89PNG\r\n\x1a\n") || !says(data, 12, "IHDR") || data.byteLength < 24)
    return undefined;
  return { media: "image/png", width: data.getUint32(16), height: data.getUint32(20) };
}

/** Segment by segment, up to the one that says how large the frame is. */
function jpeg(data: DataView): Found {
  if (!says(data, 0, "\xff\xd8\xff")) return undefined;
  for (let at = 2; at + 9 <= data.byteLength; ) {
    if (data.getUint8(at) !== 0xff) return undefined;
    const kind = data.getUint8(at + 1);
    const frame = kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind);
    if (frame) {
      return { media: "image/jpeg", height: data.getUint16(at + 5), width: data.getUint16(at + 7) };
    }
    // Marks may be filled up, and some have no length.
    if (kind === 0xff) at += 1;
    else if (kind === 0x01 || (kind >= 0xd0 && kind <= 0xd7)) at += 2;
    else at += 2 + data.getUint16(at + 2);
  }
  return undefined;
}

function webp(data: DataView): Found {
  if (!says(data, 0, "RIFF") || !says(data, 8, "WEBP") || data.byteLength < 30) return undefined;
  const media = "image/webp";
  if (says(data, 12, "VP8X")) {
    const three = (at: number) => data.getUint16(at, true) + (data.getUint8(at + 2) << 16) + 1;
    return { media, width: three(24), height: three(27) };
  }
  if (says(data, 12, "VP8L")) {
    const bits = data.getUint32(21, true);
    return { media, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!says(data, 12, "VP8 ")) return undefined;
  const side = (at: number) => data.getUint16(at, true) & 0x3fff;
  return { media, width: side(26), height: side(28) };
}

/** Pixels that a token stands for: about those of 28 by 28, of Qwen's models, or a few more. */
const PIXELS_A_TOKEN = 750;
const LEAST_TOKENS = 64;

/**
 * What an image takes of a window, where nobody can say exactly: as much as the models that look most
 * closely take, since too few would cost the answer.
 */
export const imageTokens = ({ width, height }: Size): number =>
  Math.max(LEAST_TOKENS, Math.ceil((width * height) / PIXELS_A_TOKEN));

/** Keeps the images of people's chats; a feature does. */
export interface ImageStore {
  /** Undefined for one that is not here, or not any more. */
  read(owner: string, digest: string): Promise<Uint8Array | undefined>;
  /**
   * Takes an image that belongs to a chat.
   *
   * @throws CharlaError `image_unknown`, `image_too_large`
   */
  take(owner: string, conversation: string, bytes: Uint8Array): Promise<Media & Size>;
}
