/**
 * One call of a tool: looked at by the gate, made within its time, and put into words for the model,
 * also where it fails. What it says of a failure is ours or the tool's own; never a stack.
 */
import { CharlaError } from "../../core/errors.ts";
import type { ToolCall } from "../../core/extras.ts";
import type { Label, Tool, ToolResult } from "../../core/toolbox.ts";
import type { Approvals } from "./approvals.ts";
import { decide } from "./gate.ts";
import { ToolSaid } from "./mcp/errors.ts";

export interface Caller {
  readonly approvals: Approvals;
  readonly owner: string;
  readonly conversation: string;
  /** By name, those that may be called in this answer; what a person refuses is taken out. */
  readonly tools: Map<string, Tool>;
  /** Of all that the model has read; grows with what is called. */
  readonly labels: Set<Label>;
  readonly words: readonly string[];
  readonly maxCharacters: number;
  readonly approvalHours: number;
  /** Told of each call that was made or refused, without its arguments. */
  note(told: { tool: string; outcome: string; ms: number; labels: readonly Label[] }): void;
}

/** What comes of it, or that it waits for its person. */
export async function call(
  caller: Caller,
  asked: ToolCall,
  signal: AbortSignal,
): Promise<ToolResult | "waits"> {
  const began = performance.now();
  const { id, name } = asked;
  const say = (outcome: string, text: string, labels: readonly Label[] = []): ToolResult => {
    const ms = Math.round(performance.now() - began);
    caller.note({ tool: caller.tools.has(name) ? name : "unknown", outcome, ms, labels });
    for (const label of labels) caller.labels.add(label);
    const failed = outcome !== "done" && { failed: true };
    const refused = outcome === "denied" && { refused: true };
    return { call: id, text: bounded(text, caller.maxCharacters), ...failed, ...refused, labels };
  };
  const tool = caller.tools.get(name);
  if (!tool) {
    const names = [...caller.tools.keys()].join(", ") || "none";
    return say(
      "unknown",
      `There is no tool of this name that may be used here. There are: ${names}.`,
    );
  }
  let given: unknown;
  try {
    given = tool.check(JSON.parse(asked.arguments.trim() || "{}"));
  } catch (thrown) {
    return say("invalid", `The arguments do not fit: ${reasonOf(thrown)}`);
  }
  const { owner, conversation, approvals } = caller;
  const which = { owner, conversation, id };
  const standing = await approvals.standing(which);
  if (standing === "waiting") return "waits";
  if (standing === "denied" || standing === "expired") {
    const told = say(standing, standing === "denied" ? DENIED : EXPIRED);
    caller.tools.delete(name);
    return told;
  }
  if (standing === "used") return say("uncertain", UNCERTAIN);
  if (standing === "approved") {
    // Exactly what the person has seen: what stands in the chat could be another by now.
    if (!(await approvals.use(which, tool, asked.arguments))) return say("changed", CHANGED);
  } else if (decide(tool, given, caller.labels, caller.words) === "ask") {
    await approvals.ask(which, tool, asked.arguments, caller.labels, caller.approvalHours);
    caller.note({ tool: name, outcome: "waits", ms: 0, labels: [...caller.labels] });
    return "waits";
  }
  const limit = AbortSignal.timeout(tool.limitMs);
  try {
    const both = AbortSignal.any([signal, limit]);
    const answer = await raced(tool.run(given, { owner, conversation, signal: both }), both);
    return say("done", answer, tool.reads);
  } catch (thrown) {
    // Whoever stops an answer wants no more of it.
    signal.throwIfAborted();
    // What a server says of its failure is its text as well.
    if (limit.aborted)
      return say("timeout", `It took longer than ${tool.limitMs / 1000} s.`, tool.reads);
    return say("failed", reasonOf(thrown), tool.reads);
  }
}

const DENIED =
  "The person has refused this call. Do not try it again; say what you could not do, or go on without it.";
const EXPIRED = "The person has not decided about this call in time. Go on without it.";
const CHANGED = "This call is not the one that the person has allowed. It was not made.";
const UNCERTAIN =
  "Charla was stopped while this call was made. Whether it was done is not known; it was not made again.";

/** One that heeds no signal is left behind. */
function raced<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const over = Promise.withResolvers<never>();
  const end = () => over.reject(signal.reason);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  return Promise.race([work, over.promise]).finally(() => signal.removeEventListener("abort", end));
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof ToolSaid) return thrown.message;
  if (thrown instanceof CharlaError) return `${thrown.message} ${thrown.hint}`;
  const { issues } = Object(thrown) as { issues?: { path: PropertyKey[]; message: string }[] };
  const [first] = issues ?? [];
  if (first) return `${first.path.join(".") || "arguments"}: ${first.message}`;
  if (thrown instanceof SyntaxError) return "they are no JSON.";
  return "It failed for a reason that only the log knows.";
}

/** As a database, a page and a model can hold it. */
function bounded(text: string, most: number): string {
  const clean = text.replaceAll("\0", "\uFFFD").toWellFormed();
  if (clean.length <= most) return clean;
  const left = clean.length - most;
  return `${clean.slice(0, most).toWellFormed()}\n[Cut here: ${left} characters more.]`;
}
