/** From Charla's messages to node-llama-cpp's history, where a call and its result are one item. */
import type { ChatHistoryItem, ChatModelFunctionCall } from "node-llama-cpp";
import { CharlaError } from "../../../core/errors.ts";
import type { ToolCall } from "../../../core/extras.ts";
import type { Message } from "../../../core/types.ts";
import type { Guard } from "./tools-guard.ts";

export function toHistory(messages: readonly Message[], guard: Guard): ChatHistoryItem[] {
  const { resultOf, isResult } = matched(messages);
  const history: ChatHistoryItem[] = [];
  for (const message of messages) {
    const { role, content, toolCalls = [] } = message;
    if (isResult.has(message)) continue;
    if (role === "system") history.push({ type: "system", text: content });
    else if (role === "user") history.push({ type: "user", text: content });
    else {
      const calls = toolCalls.map((call, at) => ({
        ...functionCall(call, resultOf.get(call), guard),
        startsNewChunk: at === 0,
      }));
      const response = content || calls.length === 0 ? [content, ...calls] : calls;
      // What the model said to the results is the same message to node-llama-cpp, which would
      // otherwise join the two by an empty line.
      const last = history.at(-1);
      if (last?.type === "model" && typeof last.response.at(-1) === "object") {
        history[history.length - 1] = { ...last, response: [...last.response, ...response] };
      } else history.push({ type: "model", response });
    }
  }
  return history;
}

/**
 * Which message answers which call. Ids are the client's or a model's and may come again later, so a
 * result belongs to the last call of its id before it, and to that one alone.
 */
function matched(messages: readonly Message[]) {
  const resultOf = new Map<ToolCall, string>();
  const isResult = new Set<Message>();
  const open = new Map<string, ToolCall>();
  for (const message of messages) {
    const { toolCallId, toolCalls = [], content } = message;
    for (const call of toolCalls) open.set(call.id, call);
    const call = toolCallId === undefined ? undefined : open.get(toolCallId);
    if (toolCallId === undefined || !call) continue;
    resultOf.set(call, content);
    isResult.add(message);
    open.delete(toolCallId);
  }
  return { resultOf, isResult };
}

function functionCall(
  { name, arguments: text }: ToolCall,
  result: string | undefined,
  guard: Guard,
): ChatModelFunctionCall {
  return {
    type: "functionCall",
    name: guard.hide(name),
    params: guard.hide(parsed(text)),
    result: result === undefined ? undefined : guard.word(result),
  };
}

/**
 * The arguments of a past call, which templates take for an object. What a model once wrote that is
 * none is shown to it as what it was, under a name: the chat goes on.
 */
function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text.trim() || "null") ?? {};
    if (typeof value === "object" && !Array.isArray(value)) return value as object;
  } catch {}
  return { arguments: text };
}

export function invalidTools(reason: string): CharlaError {
  return new CharlaError("invalid_tools", {
    status: 400,
    param: "tools",
    message: "These tools cannot be offered: {reason}.",
    hint: "Correct the list of tools and ask again.",
    params: { reason },
  });
}
