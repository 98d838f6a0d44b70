/** Which passages an answer refers to: "[2]" in its text, and the part that says what that is. */

interface Cited {
  readonly n: number;
  readonly source: string;
}

/** In a row they stand as "[1][2]", "[1, 2]" or "[1; 2]". */
const MARK = /\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]/g;

/** The numbers that stand in a text, in the order in which they come first. */
export function numbersIn(text: string): readonly number[] {
  const numbers = [...text.matchAll(MARK)].flatMap(([, inside = ""]) =>
    inside.split(/[,;]/).map(Number),
  );
  return [...new Set(numbers)];
}

/** Those of the passages that were given whose numbers are in the text; others were made up. */
export function citedIn<Part extends { readonly type: string }>(
  text: string,
  parts: readonly Part[] = [],
): readonly (Part & Cited)[] {
  const given = new Map(
    parts.flatMap((part) => {
      const { n } = part as Partial<Cited>;
      return part.type === "citation" && n !== undefined
        ? [[n, part as Part & Cited] as const]
        : [];
    }),
  );
  return numbersIn(text).flatMap((n) => given.get(n) ?? []);
}

/** What stands under a copy of an answer: a line for each passage that it cites. */
export const sourcesUnder = (
  text: string,
  parts: readonly { readonly type: string }[] | undefined,
): string => {
  const lines = citedIn(text, parts).map(({ n, source }) => `[${n}] ${source}`);
  return lines.length === 0 ? "" : `\n\n${lines.join("\n")}`;
};
