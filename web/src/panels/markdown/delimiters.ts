/**
 * Models write formulas as \( \) and \[ \] as often as with dollars. Markdown knows only `$$`; a
 * single dollar is left alone, because it is money more often than not.
 */

/** Fences, closed or still open, and code within a line: no formula begins there. */
const CODE = /(```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`[^`\n]*`)/;

export function mathDelimiters(text: string): string {
  if (!/\\[([]/.test(text)) return text;
  const parts = text.split(CODE).map((part, index) => (index % 2 === 1 ? part : replace(part)));
  return parts.join("");
}

/** A formula holds no delimiter of its kind, so that none is looked for twice. */
function replace(text: string): string {
  return text
    .replace(/\\\[((?:[^\\]|\\[^[\]])+)\\\]/g, (_, tex: string) =>
      ["", "$$", tex.trim(), "$$", ""].join("\n"),
    )
    .replace(/\\\(((?:[^\\\n]|\\[^()\n])+)\\\)/g, (_, tex: string) =>
      ["$$", tex.trim(), "$$"].join(""),
    );
}
