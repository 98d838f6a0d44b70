/** The little of a hast tree that is looked at here. Source: github.com/syntax-tree/hast. */
export interface Node {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
}

export const textOf = (node: Node | undefined): string =>
  node?.value ?? node?.children?.map(textOf).join("") ?? "";

/** What follows the fence of a block of code: "python". */
export function languageOf(node: Node | undefined): string {
  const names = [node?.properties?.className].flat().map(String);
  return names.find((name) => name.startsWith("language-"))?.slice("language-".length) ?? "";
}
