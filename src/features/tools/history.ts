/**
 * A stored chat as a model with tools sees it: an answer's calls and what came of them stand where they
 * happened, as messages of their own, and each text from outside says so.
 */
import type { ToolCall } from "../../core/extras.ts";
import type { Part, PartOf } from "../../core/parts.ts";
import type { Source } from "../../core/provenance.ts";
import { LABELS, type Label } from "../../core/toolbox.ts";
import type { Message } from "../../core/types.ts";

export interface History {
  readonly messages: readonly Message[];
  /** For each of them the place of the message that it is a part of. */
  readonly of: readonly number[];
  /** What the model has read in them. */
  readonly labels: ReadonlySet<Label>;
  /** What people have written. */
  readonly words: readonly string[];
}

/** @param keep false where no tools are offered: the calls of before are left out, and so are results */
export function expand(given: readonly Message[], keep: boolean): History {
  const messages: Message[] = [];
  const of: number[] = [];
  const labels = new Set<Label>();
  for (const [place, { parts = [], ...message }] of given.entries()) {
    for (const label of labelsOf(message, parts)) labels.add(label);
    const all = keep && parts.length > 0 ? unfolded(message, parts) : [message];
    messages.push(...all);
    of.push(...all.map(() => place));
  }
  const words = given.flatMap(({ role, source, toolCallId, content }) =>
    role === "user" && !source && toolCallId === undefined ? content : [],
  );
  return { messages, of, labels, words };
}

/** What a result says that has lost its labels, or was brought along, may be anything. */
function labelsOf({ source }: Message, parts: readonly Part[]): readonly Label[] {
  const results = parts.flatMap((part) => (part.type === "result" ? [part] : []));
  return [
    ...(source ? (["foreign"] as const) : []),
    ...(source?.kind === "document" ? (["private"] as const) : []),
    ...results.flatMap((one) => toLabels(one)),
  ];
}

const toLabels = ({ labels }: Pick<PartOf<"result">, "labels">): readonly Label[] =>
  labels ? LABELS.filter((label) => labels.includes(label)) : LABELS;

export const sourceOf = (name: string): Source => ({ kind: "tool", name: name.slice(0, 64) });

/** Calls of one step stand beside each other; a result ends the step. */
function unfolded({ role, content }: Message, parts: readonly Part[]): readonly Message[] {
  const messages: Message[] = [];
  const names = new Map<string, string>();
  let from = 0;
  let calls: ToolCall[] = [];
  const call = (upTo: number) => {
    if (calls.length === 0) return;
    messages.push({ role, content: content.slice(from, upTo), toolCalls: calls });
    from = upTo;
    calls = [];
  };
  let at = 0;
  for (const part of parts) {
    if (part.type === "call") {
      at = Math.min(content.length, Math.max(from, part.at ?? from));
      const { id, name, arguments: given } = part;
      names.set(id, name);
      calls.push({ id, name, arguments: given });
    } else if (part.type === "result") {
      call(at);
      // A result without its call, which no engine takes.
      if (!names.has(part.call)) continue;
      messages.push(answered(part.call, names.get(part.call) ?? "", part.text, toLabels(part)));
    }
  }
  call(at);
  const rest = content.slice(from);
  return rest === "" ? messages : [...messages, { role, content: rest }];
}

/** What a tool has answered, as the model is told. */
export function answered(
  toolCallId: string,
  name: string,
  text: string,
  labels: readonly Label[],
): Message {
  const foreign = labels.includes("foreign") && { source: sourceOf(name) };
  return { role: "user", content: text, toolCallId, ...foreign };
}
