/**
 * The messages of a chat completion, and the core's. A tool's answer stands right behind the message
 * that called it, as OpenAI has it, so that every call has its answer when a model reads on.
 */
import * as z from "zod";
import { MAX_MESSAGES } from "../../core/chat.ts";
import { text } from "../../core/route.ts";
import type { Message } from "../../core/types.ts";
import { fromApi, MAX_ID, MAX_TOOLS, toolCall } from "./tools.ts";

const content = z
  .union([text, z.array(z.strictObject({ type: z.literal("text"), text })).max(MAX_MESSAGES)])
  .transform((value) =>
    typeof value === "string" ? value : value.map((part) => part.text).join(""),
  );

/** Templates read the arguments, so they have to be what a model could have written. */
const callInMessage = toolCall.strict().refine((call) => isObject(call.function.arguments), {
  path: ["function", "arguments"],
  message: "is not the text of a JSON object",
});

const message = z.discriminatedUnion("role", [
  // "developer" is OpenAI's newer name for "system".
  z.strictObject({ role: z.enum(["system", "developer"]), content }),
  z.strictObject({ role: z.literal("user"), content }),
  z
    .strictObject({
      role: z.literal("assistant"),
      content: content.nullish(),
      tool_calls: z.array(callInMessage).min(1).max(MAX_TOOLS).nullish(),
      // Our own answers carry it, and clients send them back as they are.
      refusal: z.null().optional(),
    })
    .refine((one) => one.content != null || one.tool_calls, {
      path: ["content"],
      message: "is needed where nothing is called",
    }),
  z.strictObject({ role: z.literal("tool"), content, tool_call_id: text.min(1).max(MAX_ID) }),
]);
type ApiMessage = z.output<typeof message>;

export const messages = z
  .array(message)
  .max(MAX_MESSAGES)
  .superRefine((list, context) => {
    const wrong = disorder(list);
    if (wrong) context.addIssue({ code: "custom", ...wrong });
  });

/** The first message that must not stand where it stands. */
function disorder(list: readonly ApiMessage[]): { path: PropertyKey[]; message: string } | null {
  /** Calls that have no answer yet. */
  let open = new Set<string>();
  for (const [index, one] of list.entries()) {
    if (one.role === "tool") {
      if (open.delete(one.tool_call_id)) continue;
      return { path: [index, "tool_call_id"], message: "answers no call of the message before" };
    }
    if (open.size > 0) {
      return { path: [index, "role"], message: "must be tool until each call is answered" };
    }
    const calls = (one.role === "assistant" && one.tool_calls) || [];
    open = new Set(calls.map(({ id }) => id));
    if (open.size < calls.length) {
      return { path: [index, "tool_calls"], message: "has two calls of the same id" };
    }
  }
  const last = list.at(-1)?.role;
  if (last === "user" || (last === "tool" && open.size === 0)) return null;
  return { path: [], message: "must end with a message of the user, or with the tools' answers" };
}

export function toMessage(one: ApiMessage): Message {
  switch (one.role) {
    case "tool":
      return { role: "user", content: one.content, toolCallId: one.tool_call_id };
    case "assistant": {
      const said = { role: "assistant", content: one.content ?? "" } as const;
      return one.tool_calls ? { ...said, toolCalls: one.tool_calls.map(fromApi) } : said;
    }
    case "user":
      return { role: "user", content: one.content };
    default:
      return { role: "system", content: one.content };
  }
}

function isObject(source: string): boolean {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
