/** What the feature says over HTTP: the schemas document its routes, and the page uses their types. */
import * as z from "zod";
import "../../core/parts.ts";
import { IMAGE_MEDIA } from "../../core/images.ts";

/** POST /api/images takes the bytes -> image. It stays a day, and then as long as a chat has it. */
export const image = z.object({
  /** SHA-256 of the bytes. */
  digest: z.string(),
  media: z.enum(IMAGE_MEDIA),
  bytes: z.number(),
  /** In pixels. */
  width: z.number(),
  height: z.number(),
});
export type KnownImage = z.output<typeof image>;

/** GET /api/images: what can be done with images here. */
export const ways = z.object({
  /** Ids of the models that see. */
  sees: z.array(z.string()),
  /** Of the model that answers where a chat names none. */
  model: z.string().nullable(),
  /**
   * missing: there is no tesseract; languages: it has neither Spanish nor English; else text can be
   * read.
   */
  ocr: z.enum(["ready", "missing", "languages"]),
  languages: z.array(z.string()),
});
export type Ways = z.output<typeof ways>;

/** POST /api/images/text takes the bytes of an image, which are not kept -> the text that is on it. */
export const recognised = z.object({
  text: z.string(),
  lines: z.array(
    z.object({
      text: z.string(),
      /** Left, top, width and height, as shares of the image. */
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      /** 0 to 1. */
      sure: z.number(),
    }),
  ),
});
export type Recognised = z.output<typeof recognised>;

declare module "../../core/parts.ts" {
  interface Parts {
    /** So many images of the chat were kept from a model that does not see, or are gone. */
    unseen: { readonly images: number; readonly gone: number };
  }
}

// Without a schema of their own:
// GET /api/images/:digest  the image
