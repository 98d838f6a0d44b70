/** Colours, where a terminal shows them: NO_COLOR, FORCE_COLOR and TERM=dumb are Node's to read. */
import { styleText } from "node:util";

export type Format = Parameters<typeof styleText>[0];
/** Puts a text in colours, or leaves it as it is. */
export type Paint = (format: Format, text: string) => string;

export const plain: Paint = (_format, text) => text;
export const colourful: Paint = (format, text) =>
  styleText(format, text, { validateStream: false });

export function paintFor(stream: NodeJS.WriteStream): Paint {
  return styleText("bold", "?", { stream }) === "?" ? plain : colourful;
}

/** Whether a line can be drawn over itself. */
export const redraws = (stream: Pick<NodeJS.WriteStream, "isTTY">): boolean =>
  stream.isTTY && process.env.TERM !== "dumb";
