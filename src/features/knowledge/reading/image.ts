/** A screenshot or a photograph: its text, where there is somebody who reads it. */
import { facts, type Reader, Unreadable } from "./sections.ts";

export const image: Reader = async (bytes, reading) => {
  if (!reading.recognise) throw new Unreadable("file_scanned");
  if ((await reading.recognise({}, bytes)) === 0) throw new Unreadable("file_without_text");
  return facts({ recognised: 1 });
};
