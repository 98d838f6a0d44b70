/** The place in the engine's queue, drawn over itself in a terminal and nowhere else. */
import type { Waiting } from "../core/types.ts";
import { language, t } from "../locales/index.ts";
import { queueWords } from "../locales/queue.ts";

export interface PlaceLine {
  show(waiting: Waiting): void;
  /** Takes the line away, so that the answer can be written. */
  clear(): void;
}

export function placeLine(stream: Pick<NodeJS.WriteStream, "isTTY" | "write">): PlaceLine {
  let drawn = false;
  return {
    show(waiting: Waiting) {
      if (!stream.isTTY) return;
      const { place, time } = queueWords(waiting, language);
      const text = time ? t("chat.placeAndTime", { place, time }) : t("chat.place", { place });
      stream.write(`\r\x1b[K${text}`);
      drawn = true;
    },
    clear() {
      if (drawn) stream.write("\r\x1b[K");
      drawn = false;
    },
  };
}
