/** What is said of images that cannot be taken. */
import { CharlaError } from "../../core/errors.ts";

export const tooLarge = (bytes: number) =>
  new CharlaError("image_too_large", {
    status: 413,
    message: "The image is larger than {limit} MB, which is the most that this server takes.",
    hint: "Make it smaller, or cut out the part that matters.",
    params: { limit: Math.floor(bytes / 1e6) },
  });

export const unknown = () =>
  new CharlaError("image_unknown", {
    status: 422,
    message: "This is no JPEG, PNG or WebP image, or it is too large to be opened.",
    hint: "Save it as JPEG or PNG with fewer pixels.",
  });

export const notFound = () =>
  new CharlaError("image_not_found", {
    status: 404,
    message: "There is no such image.",
    hint: "It may have been deleted. Remove it and add it again.",
  });
