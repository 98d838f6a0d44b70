/** What a saved prompt asks for: `{{name}}` stands for a text that is asked for each time. */

const VARIABLE = /\{\{\s*([^{}\n]{1,60}?)\s*\}\}/g;

/** Each once, in the order in which they are written. */
export const variablesOf = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(VARIABLE)].map(([, name = ""]) => name)),
];

/** What has no value stays as it is written. */
export const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(VARIABLE, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );

/** What is looked for: the one line behind a slash at the beginning; undefined where it is no such line. */
export const searchedBy = (draft: string): string | undefined =>
  /^\/([^\n/]{0,60})$/.exec(draft)?.[1];

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Those whose names hold the word; names that begin with it first. */
export function found<Named extends { readonly name: string }>(
  all: readonly Named[],
  word: string,
): readonly Named[] {
  const wanted = plain(word.trim());
  const place = ({ name }: Named) => plain(name).indexOf(wanted);
  return all
    .filter((one) => place(one) >= 0)
    .toSorted((a, b) => Number(place(a) > 0) - Number(place(b) > 0));
}
