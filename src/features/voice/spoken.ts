/**
 * What of an answer is read aloud, sentence by sentence: without the signs of Markdown, and without what
 * nobody can listen to. The page uses it as well, while the answer is still being written.
 */

/** Characters of a sentence, from which on it is cut at a comma or a space. */
const LONGEST = 300;

/** Markdown as somebody would read it to somebody else. */
export function speakable(markdown: string): string {
  return (
    markdown
      // Code, formulas and tables; also one of code that has no end yet.
      .replace(/^(```|~~~)[^\n]*\n[\s\S]*?(^\1[^\n]*$|$(?![\s\S]))/gm, "\n")
      .replace(/\$\$[\s\S]*?\$\$|\\\[[\s\S]*?\\\]/g, "\n")
      .replace(/^\s*\|.*$/gm, "")
      .replace(/^\s*([-*_]\s*){3,}$/gm, "")
      .replace(/<[^>\n]{1,200}>/g, "")
      .replace(/!\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
      // Numbers of sources.
      .replace(/\s?\[\d+\]/g, "")
      .replace(/https?:\/\/\S+/g, "")
      .replace(/^\s{0,3}(#{1,6}|>|[-*+]|\d+[.)])\s+/gm, "")
      .replace(/(\*\*|__|~~|`+)(.*?)\1/g, "$2")
      .replace(/(^|[\s(])[*_](\S[^*_\n]*)[*_]/g, "$1$2")
      .replace(/[*`#~|]/g, "")
  );
}

/** @param whole whether nothing comes behind it; else its last sentence may not be at its end */
export function sentencesOf(text: string, language: string, whole = true): readonly string[] {
  const segmenter = new Intl.Segmenter(language || "en", { granularity: "sentence" });
  // A line that ends is a sentence that ends; the last one may go on.
  const lines = text.split(/\n+/);
  return lines.flatMap((line, at) => {
    const found = [...segmenter.segment(line)].map(({ segment }) => segment);
    if (!whole && at === lines.length - 1) found.pop();
    return found.flatMap(short).filter((one) => /[\p{L}\p{N}]/u.test(one));
  });
}

function short(sentence: string): readonly string[] {
  const parts: string[] = [];
  let left = sentence.trim();
  while (left.length > LONGEST) {
    const head = left.slice(0, LONGEST);
    const at = Math.max(head.lastIndexOf(", "), head.lastIndexOf("; "), head.lastIndexOf(": "));
    const space = head.lastIndexOf(" ");
    const end = at > LONGEST / 3 ? at + 1 : space > 0 ? space : LONGEST;
    parts.push(left.slice(0, end).trim());
    left = left.slice(end).trim();
  }
  return [...parts, left];
}

/** Words that are in nearly every text of one of the two languages, and in none of the other. */
const SPANISH = /[ñ¿¡]|\b(el|la|los|las|de|que|y|en|un|una|es|no|se|por|con|para|del)\b/giu;
const ENGLISH = /\b(the|of|and|to|in|is|it|you|that|for|on|with|as|are|this|be|not|have)\b/giu;

/** Of the two that voices are offered for. */
export function languageOf(text: string): "es" | "en" {
  const of = (words: RegExp) => text.match(words)?.length ?? 0;
  return of(SPANISH) > of(ENGLISH) ? "es" : "en";
}
