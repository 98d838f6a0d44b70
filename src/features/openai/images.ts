/**
 * Images in requests. They come as data URLs, in all three protocols: an address is refused, since nothing
 * is fetched here that somebody else has named.
 */
import * as z from "zod";
import { type Image, lookAt, MOST_IMAGE_BYTES } from "../../core/images.ts";
import { taken } from "../../core/taken.ts";

/** Bytes of a request that may hold images. */
export const MAX_BODY = 16 * 2 ** 20;

const HEAD = /^data:[\w.+/-]{1,100};base64,/i;
const MOST_DIGITS = Math.ceil((MOST_IMAGE_BYTES * 4) / 3) + 4;

/** An image out of its URL, or what is wrong with that. */
export function imageOf(url: string): Image | string {
  if (/^https?:/i.test(url)) {
    return "is an address, and none is fetched here: send the image itself, as data:image/png;base64,...";
  }
  const [head] = HEAD.exec(url.slice(0, 120)) ?? [];
  if (head === undefined) return "is no image: send it as data:image/png;base64,...";
  if (url.length - head.length > MOST_DIGITS) {
    return `is larger than ${Math.floor(MOST_IMAGE_BYTES / 1e6)} MB: make it smaller`;
  }
  const bytes = Buffer.from(url.slice(head.length), "base64");
  const seen = lookAt(bytes);
  if (!seen) return "is no JPEG, PNG or WebP image, or has too many pixels to be opened";
  return { ...seen, base64: bytes.toString("base64") };
}

const url = z.string().transform((given, context): Image => {
  const image = imageOf(given);
  if (typeof image !== "string") return image;
  context.addIssue({ code: "custom", message: image });
  return z.NEVER;
});

export const detail = z.enum(["auto", "low", "high", "original"]).optional();

/** Source: the OpenAI API reference, "Create chat completion", image content part. */
export const imagePart = {
  type: z.literal("image_url"),
  image_url: taken({ url, detail }),
};

/** The part of a chat completion that says the same as one of another protocol. */
export const toImagePart = (url: string, closely?: string) => ({
  type: "image_url",
  image_url: { url, ...(closely && { detail: closely }) },
});
