/**
 * Marks of control tokens in a text, broken up by a character that nobody sees: the engine for
 * browsers reads messages and the marks of the template alike, and a text must not end its own turn.
 * The engine of the server has no need of that.
 */

/** `<|im_end|>`, `</s>`, `<start_of_turn>`, `[INST]` and their like. */
const MARK =
  /<(?=\|[^|<>\s]{1,40}\|?>|[｜][^<>]{1,40}[｜]>|\/?(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn|think)>)|\[(?=\/?[A-Z_]{3,30}\])|<(?=<\/?SYS>>)/gu;
/** Word joiner: no width, no break. */
const JOINER = "\u2060";

export const plain = (text: string): string => text.replace(MARK, (mark) => mark + JOINER);
