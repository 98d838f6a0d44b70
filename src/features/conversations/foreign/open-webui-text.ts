/** Takes thoughts and calls of tools out of the HTML in which Open WebUI kept them within a text. */
import type { Part } from "../../../core/parts.ts";
import { joined } from "./chat.ts";

const [OPEN, CLOSE] = ['<details type="', "</details>"];

/** What stands in a block of code is left there: the chat may be about it. */
export function unfold(text: string): { text: string; parts: Part[] } {
  const texts: string[] = [];
  const parts: Part[] = [];
  let [from, kept, fenced] = [0, "", false];
  for (let at = text.indexOf(OPEN); at >= 0; at = text.indexOf(OPEN, from)) {
    const end = text.indexOf(CLOSE, at);
    if (end < 0) break;
    const before = text.slice(from, at);
    if ((before.match(/^ {0,3}```/gm)?.length ?? 0) % 2 === 1) fenced = !fenced;
    const found = fenced ? undefined : partsOf(text.slice(at, end));
    if (found) {
      texts.push(kept + before);
      parts.push(...found);
      [from, kept] = [end + CLOSE.length, ""];
    } else {
      from = at + OPEN.length;
      kept += before + OPEN;
    }
  }
  texts.push(kept + text.slice(from));
  return { text: joined(texts.map((one) => one.trim())), parts };
}

function partsOf(block: string): Part[] | undefined {
  const end = block.indexOf(">");
  const attributes = new Map(
    [...block.slice(0, end).matchAll(/\s([a-z_]+)="([^"]*)"/g)].map(
      ([, name = "", value = ""]) => [name, plain(value)] as const,
    ),
  );
  const body = block.slice(end + 1).replace(/<summary>[^<]*<\/summary>/, "");
  const type = attributes.get("type");
  if (type === "reasoning") {
    const text = plain(body).trim().replace(/^> ?/gm, "");
    const seconds = Number(attributes.get("duration") ?? Number.NaN);
    const ms = seconds >= 0 ? { ms: seconds * 1000 } : {};
    return text === "" ? [] : [{ type: "reasoning", text, ...ms }];
  }
  if (type !== "tool_calls" && type !== "code_interpreter") return undefined;
  const id = attributes.get("id") ?? "";
  const result =
    unquoted(attributes.get("result") ?? attributes.get("output") ?? "") || plain(body).trim();
  const name = attributes.get("name") ?? type;
  const written = unquoted(attributes.get("arguments") ?? "{}");
  return [
    { type: "call", id, name, arguments: written },
    ...(result === "" ? [] : [{ type: "result", call: id, text: result } as const]),
  ];
}

/** JSON text within JSON text. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    const inner: unknown = JSON.parse(text);
    return typeof inner === "string" ? inner : text;
  } catch {
    return text;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&quot;": '"',
  "&#x27;": "'",
  "&#39;": "'",
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
};

const plain = (text: string) =>
  text.replace(/&(?:quot|#x27|#39|lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
