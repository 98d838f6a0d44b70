/**
 * Which way a text runs. Lists, quotes and tables take the direction of what is in them, so that
 * numbers and columns stand where an Arabic or Hebrew reader looks for them. The characters that turn
 * a text round are taken out, and shown in code: with them `[bank](https://example.org)` could be made
 * to read like another address. Sources: Unicode UAX #9; CVE-2021-42574 ("Trojan Source").
 */
import type { Node } from "./hast.ts";

const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const CONTAINERS = new Set(["blockquote", "ol", "table", "ul"]);

export const withoutTurning = (text: string): string => text.replace(TURNING, "");

/** For code, where a character that nobody sees must not be lost in silence. */
export const withTurningShown = (text: string): string =>
  text.replace(TURNING, (sign) => `⟨U+${sign.charCodeAt(0).toString(16).toUpperCase()}⟩`);

export const direction = () => visit;

function visit(node: Node): void {
  const { tagName = "", properties } = node;
  // A block of code is copied as it is, and shown by `CodeBlock.tsx`.
  if (tagName === "pre") return;
  if (CONTAINERS.has(tagName)) node.properties = { dir: "auto", ...properties };
  for (const name of ["alt", "title"]) {
    if (properties?.[name]) properties[name] = withoutTurning(String(properties[name]));
  }
  for (const child of node.children ?? []) {
    if (child.type !== "text") visit(child);
    else if (tagName === "code") child.value = withTurningShown(child.value ?? "");
    else child.value = withoutTurning(child.value ?? "");
  }
}
