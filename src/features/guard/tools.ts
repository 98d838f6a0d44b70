/**
 * Which tools a model may call, decided in code: those of the organisation's list, and once a text
 * from outside is in the prompt, those that it trusts even then. What the model calls is checked
 * again on its way out, whatever it was offered. Charla runs no tool by itself: the client does, and
 * it is the client who can ask a person before one that writes or sends.
 */
import { CharlaError } from "../../core/errors.ts";
import type { Tools } from "../../core/extras.ts";
import type { Turn } from "../../core/types.ts";
import type { GuardPolicy } from "./policy.ts";

export type MayCall = (name: string) => boolean;

const among = (list: readonly string[]): MayCall => {
  const names = new Set(list);
  const beginnings = list.filter((one) => one.endsWith("*")).map((one) => one.slice(0, -1));
  return (name) => names.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
};

/** @returns the turn with the tools that may be called, and what says so of a call */
export function gate(policy: Pick<GuardPolicy, "tools" | "tools_after_untrusted">) {
  const always = among(policy.tools);
  const after = among(policy.tools_after_untrusted);
  return (turn: Turn): { turn: Turn; may: MayCall } => {
    const { tools } = turn.extras ?? {};
    const refused = tools?.list.find(({ name }) => !always(name));
    if (refused) throw notAllowed(refused.name);
    const untrusted = turn.messages.some(({ source }) => source);
    const may: MayCall = (name) => always(name) && (!untrusted || after(name));
    if (!tools || !untrusted) return { turn, may };
    const list = tools.list.filter(({ name }) => may(name));
    if (list.length === tools.list.length) return { turn, may };
    return { turn: { ...turn, extras: { ...turn.extras, tools: narrowed(tools, list) } }, may };
  };
}

/** @throws CharlaError `tool_needs_person` where the one that must be called is gone */
function narrowed(tools: Tools, list: Tools["list"]): Tools {
  const { choice } = tools;
  const wanted = typeof choice === "object" ? choice.name : undefined;
  if (wanted !== undefined && !list.some(({ name }) => name === wanted)) throw needsPerson(wanted);
  if (list.length > 0) return { ...tools, list };
  if (choice === "required") throw needsPerson(tools.list[0]?.name ?? "");
  return { ...tools, list, choice: "none" };
}

function notAllowed(tool: string): CharlaError {
  return new CharlaError("tool_not_allowed", {
    status: 403,
    param: "tools",
    message: "The organisation's policy does not allow the tool {tool}.",
    hint: "Leave it out, or ask an administrator to add it to the list 'tools' of the policy.",
    params: { tool },
  });
}

function needsPerson(tool: string): CharlaError {
  return new CharlaError("tool_needs_person", {
    status: 403,
    param: "tool_choice",
    message:
      "The tool {tool} may not be called by the model after it has read a text from outside.",
    hint: "Let a person decide about the call, or add the tool to 'tools_after_untrusted' of the policy.",
    params: { tool },
  });
}
