/**
 * Models that answer with a file of Markdown put it into a fence of three ticks, and fences of three
 * ticks into that. For Markdown the first inner end is the outer one; here the outer fence becomes
 * longer than those in it, which is how it should have been written.
 */

const OUTER = /^[ \t>]*(`{3,})[ \t]*(?:markdown|md|mdx)[ \t]*$/i;
const FENCE = /^[ \t>]*(`{3,})[ \t]*([^`]*)$/;

export function longerFences(text: string): string {
  if (!/^[ \t>]*`{3,}[ \t]*(?:markdown|md)/im.test(text)) return text;
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, ticks = ""] = OUTER.exec(lines[at] ?? "") ?? [];
    if (ticks) at = lengthen(lines, at, ticks);
  }
  return lines.join("\n");
}

/** @returns the line in which the outer fence ends */
function lengthen(lines: string[], first: number, ticks: string): number {
  let depth = 1;
  let nested = false;
  let at = first;
  while (depth > 0 && ++at < lines.length) {
    const [, found = "", name = ""] = FENCE.exec(lines[at] ?? "") ?? [];
    if (found.length < ticks.length) continue;
    // Only what opens a fence has a name behind it.
    depth += name.trim() === "" ? -1 : 1;
    nested ||= depth > 1;
  }
  if (nested) {
    for (const line of [first, at])
      lines[line] = lines[line]?.replace(ticks, `${ticks}\`\`\``) ?? "";
  }
  return at;
}
