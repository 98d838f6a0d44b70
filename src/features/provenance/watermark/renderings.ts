/**
 * What a text may have been before it was shown, copied and pasted. A model writes Markdown; what is
 * copied from a page has its marks no more, other quotation marks, other spaces. The detector looks at
 * each of these texts, and pays for each in its probability. Pure.
 */

export interface Rendering {
  readonly text: string;
  /** For each character of it, the place in the text that was given, and one for its end. */
  readonly places: readonly number[];
}

interface Change {
  readonly find: RegExp;
  readonly put: string;
}

/** What programs that set type put in the place of what is typed. */
const TYPED: readonly Change[] = [
  { find: /\r\n?/gu, put: "\n" },
  { find: /[\u{200B}-\u{200D}\u{2060}\u{FEFF}\u{AD}]|\p{Variation_Selector}/gu, put: "" },
  { find: /[\u{A0}\u{2000}-\u{200A}\u{202F}\u{3000}]/gu, put: " " },
  { find: /[\u{2018}\u{2019}]/gu, put: "'" },
  { find: /[\u{201C}\u{201D}]/gu, put: '"' },
  { find: /[ \t]+(?=\n|$)/gu, put: "" },
];

/** As a page shows lists, headings and paragraphs, and as a model writes them. */
const WRITTEN: readonly Change[] = [
  ...TYPED,
  { find: /^[ \t]*[•◦▪‣·]\s*/gmu, put: "- " },
  { find: /^(\d{1,3}\.)[\t\u{A0} ]+/gmu, put: "$1 " },
  { find: /(?<![\n])\n(?!\n|- |\d{1,3}\. )/gu, put: "\n\n" },
];

/** Without the marks of Markdown, where the text was taken from its source and the answer had none. */
const BARE: readonly Change[] = [
  ...TYPED,
  { find: /\*{1,3}|_{2,3}|~~|`+/gu, put: "" },
  { find: /^#{1,6}[ \t]+/gmu, put: "" },
];

/** The text as it is, then what it may have been, each once. */
export function renderingsOf(text: string): readonly Rendering[] {
  const own = { text, places: Array.from({ length: text.length + 1 }, (_, at) => at) };
  const all = [own, ...[TYPED, WRITTEN, BARE].map((changes) => changes.reduce(change, own))];
  return all.filter((one, at) => all.findIndex((other) => other.text === one.text) === at);
}

function change({ text, places }: Rendering, { find, put }: Change): Rendering {
  let changed = "";
  let end = 0;
  const kept: number[] = [];
  const keep = (to: number) => {
    changed += text.slice(end, to);
    for (let at = end; at < to; at++) kept.push(places[at] as number);
  };
  for (const match of text.matchAll(find)) {
    keep(match.index);
    const instead = put.replace("$1", match[1] ?? "");
    changed += instead;
    for (let at = 0; at < instead.length; at++) kept.push(places[match.index] as number);
    end = match.index + match[0].length;
  }
  keep(text.length);
  kept.push(places[text.length] as number);
  return { text: changed, places: kept };
}
