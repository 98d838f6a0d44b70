/** From Charla's messages to node-llama-cpp's history, where a call and its result are one item. */
import type { ChatHistoryItem, ChatModelFunctionCall } from "node-llama-cpp";
import { CharlaError } from "../../../core/errors.ts";
import type { ToolCall } from "../../../core/extras.ts";
import type { Message } from "../../../core/types.ts";
import type { Guard } from "./tools-guard.ts";

/** @throws CharlaError `invalid_tools` for arguments that are no JSON */
export function toHistory(messages: readonly Message[], guard: Guard): ChatHistoryItem[] {
  const called = new Set(messages.flatMap(({ toolCalls = [] }) => toolCalls.map(({ id }) => id)));
  const results = new Map(
    messages.map(({ toolCallId, content }) => [toolCallId, content] as const),
  );
  const history: ChatHistoryItem[] = [];
  for (const { role, content, toolCalls = [], toolCallId } of messages) {
    if (toolCallId !== undefined && called.has(toolCallId)) continue;
    if (role === "system") history.push({ type: "system", text: content });
    else if (role === "user") history.push({ type: "user", text: content });
    else {
      const calls = toolCalls.map((call, at) => ({
        ...functionCall(call, results.get(call.id), guard),
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

function functionCall(
  { name, arguments: text }: ToolCall,
  result: string | undefined,
  guard: Guard,
): ChatModelFunctionCall {
  return {
    type: "functionCall",
    name: guard.hide(name),
    params: guard.hide(parsed(name, text)),
    result: result === undefined ? undefined : guard.word(result),
  };
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text || "{}");
  } catch (cause) {
    throw invalidTools(`the arguments of the call of ${name} are not JSON`, cause);
  }
}

export function invalidTools(reason: string, cause?: unknown): CharlaError {
  return new CharlaError("invalid_tools", {
    status: 400,
    param: "tools",
    message: "These tools cannot be offered: {reason}.",
    hint: "Correct the list of tools and ask again.",
    params: { reason },
    cause,
  });
}
