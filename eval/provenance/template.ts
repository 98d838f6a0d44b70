/** The same model with another chat template: a copy of its file, of the same length. */
import { readFile, writeFile } from "node:fs/promises";

const NAME = "tokenizer.chat_template";
/** GGUF: behind a name its type, 4 bytes (8: a string), and the string's length, 8 bytes. */
const BEHIND = 4 + 8;

/** @param template Jinja, no longer than the file's own; what is left is filled with a comment */
export async function withTemplate(path: string, template: string, to: string): Promise<void> {
  const file = await readFile(path);
  const at = file.indexOf(NAME) + NAME.length;
  if (at < NAME.length) throw new Error(`${path} has no chat template`);
  const length = Number(file.readBigUInt64LE(at + 4));
  const bytes = Buffer.from(template.trimEnd());
  const room = length - bytes.length;
  if (room !== 0 && room < 4) throw new Error(`the template has more than ${length - 4} bytes`);
  bytes.copy(file, at + BEHIND);
  if (room > 0) file.write(`{#${" ".repeat(room - 4)}#}`, at + BEHIND + bytes.length);
  await writeFile(to, file);
}
