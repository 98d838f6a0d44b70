/**
 * The set of our own, in Spanish: what administrators ask of Charla's own documents, in their words and not
 * in those of the text. A third of the questions, by a hash, is measured with `--held` alone, and was not
 * looked at while the search was made.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { piecesOf } from "../../src/finding/pieces.ts";
import { QUESTIONS } from "./questions.ts";

const FOLDER = fileURLToPath(new URL("../../docs/es/", import.meta.url));

/** Paragraphs, points and rows, each under the headings above it. */
function passages() {
  const texts: { id: string; text: string; file: string }[] = [];
  for (const file of readdirSync(FOLDER).toSorted()) {
    const source = readFileSync(join(FOLDER, file), "utf8");
    for (const piece of piecesOf(source, 0)) {
      const text = source.slice(piece.from, piece.to);
      texts.push({ id: `${file} ${piece.from}`, text, file });
    }
  }
  return texts;
}

/** @param held whether those that were put aside, or the others */
export function ownSet(held: boolean) {
  const texts = passages();
  const questions = QUESTIONS.flatMap(([text, file, words]) => {
    const isHeld = (createHash("sha256").update(text).digest()[0] ?? 0) % 3 === 0;
    if (isHeld !== held) return [];
    const right = texts.find((one) => one.file === `${file}.md` && one.text.includes(words));
    if (!right) throw new Error(`docs/es/${file}.md does not say "${words}" any more: ${text}`);
    return [{ text, right: right.id }];
  });
  return { texts: texts.map(({ id, text }) => ({ id, text })), questions };
}
