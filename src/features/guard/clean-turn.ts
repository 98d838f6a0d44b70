/** A turn with nothing hidden in any of its texts: messages, calls of tools, what tools say of themselves. */
import type { ToolCall, Tools } from "../../core/extras.ts";
import type { Sliced } from "../../core/slices.ts";
import type { Message, Turn } from "../../core/types.ts";
import { clean, cleaning, type Kind, type Removed } from "./unicode.ts";

/** Messages of any usual length. */
const TOGETHER = 500;

/** @param removed is counted up */
export function* cleanTurn(turn: Turn, removed: Removed): Sliced<Turn> {
  const count = (kind: Kind) => {
    removed[kind] = (removed[kind] ?? 0) + 1;
  };
  const cleaned = (text: string) => clean(text, count);
  const calls = ({ id, name, arguments: given }: ToolCall): ToolCall => ({
    ...{ id, name: cleaned(name) },
    // Escapes hide characters from whoever does not read the JSON.
    arguments: /\\u/.test(given) ? reread(given, cleaned) : cleaned(given),
  });
  const messages: Message[] = [];
  for (const [index, message] of turn.messages.entries()) {
    if (index % TOGETHER === TOGETHER - 1) yield;
    const content = yield* cleaning(message.content, count);
    const { toolCalls } = message;
    messages.push({ ...message, content, ...(toolCalls && { toolCalls: toolCalls.map(calls) }) });
  }
  const { tools } = turn.extras ?? {};
  if (!tools) return { ...turn, messages };
  return { ...turn, messages, extras: { ...turn.extras, tools: cleanTools(tools, cleaned) } };
}

function cleanTools(tools: Tools, cleaned: (text: string) => string): Tools {
  const list = tools.list.map(({ name, description, parameters }) => ({
    name,
    description: description === undefined ? undefined : cleaned(description),
    parameters: parameters === undefined ? undefined : deep(parameters, cleaned),
  }));
  return { ...tools, list };
}

function reread(json: string, cleaned: (text: string) => string): string {
  try {
    return JSON.stringify(deep(JSON.parse(json), cleaned));
  } catch {
    // The engine refuses it by name.
    return json;
  }
}

/** Depth is the door's to bound; `Object.fromEntries` makes "__proto__" a key like others. */
function deep(value: unknown, cleaned: (text: string) => string): unknown {
  if (typeof value === "string") return cleaned(value);
  if (Array.isArray(value)) return value.map((one) => deep(one, cleaned));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [cleaned(key), deep(one, cleaned)]),
  );
}
