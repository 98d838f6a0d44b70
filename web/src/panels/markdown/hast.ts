/**
 * The little of a tree that is looked at here: of Markdown (mdast), where `data` says what it becomes,
 * or of HTML (hast). Source: github.com/syntax-tree.
 */
export interface Node {
  type: string;
  tagName?: string;
  value?: string;
  url?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
  data?: { hName?: string; hProperties?: Record<string, unknown>; hChildren?: Node[] };
}

export const textOf = (node: Node | undefined): string =>
  node?.value ?? node?.children?.map(textOf).join("") ?? "";

export const classesOf = (node: Node | undefined): string[] =>
  [node?.properties?.className ?? []].flat().map(String);

/** What follows the fence of a block of code: "python". */
export function languageOf(node: Node | undefined): string {
  const name = classesOf(node).find((name) => name.startsWith("language-"));
  return name?.slice("language-".length) ?? "";
}
