/**
 * Tools and their calls in OpenAI's words. Charla calls nothing by itself: the client does, and
 * sends back what came of it.
 * Source: the OpenAI API reference, "Function calling".
 */
import * as z from "zod";
import type { ToolCall, Tools } from "../../core/extras.ts";
import { jsonObject } from "../../core/json.ts";
import { text } from "../../core/route.ts";

const name = z.string().regex(/^[\w-]{1,64}$/, "may have letters, digits, _ and -, up to 64");
export const MAX_TOOLS = 128;
/** Characters of a name or an id that others have made. */
export const MAX_ID = 200;

const tool = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name,
    description: text.nullish(),
    /** JSON schema of the arguments; a call without arguments when absent. */
    parameters: jsonObject.nullish(),
    // A grammar is strict either way.
    strict: z.boolean().nullish(),
  }),
});

export const toolFields = {
  tools: z.array(tool).max(MAX_TOOLS).nullish(),
  tool_choice: z
    .union([
      z.enum(["auto", "none", "required"]),
      z.strictObject({ type: z.literal("function"), function: z.strictObject({ name }) }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
};
const fields = z.object(toolFields);

/**
 * @param before whether the messages hold calls of tools or their answers: an engine whose template
 *   knows no tools could not show them to its model, so it has to be asked even with an empty list
 */
export function toTools(body: z.output<typeof fields>, before: boolean): Tools | undefined {
  const list = (body.tools ?? []).map(({ function: one }) => ({
    name: one.name,
    description: one.description ?? undefined,
    parameters: one.parameters ?? undefined,
  }));
  if (list.length === 0 && !before) return undefined;
  const { tool_choice: choice } = body;
  const named = typeof choice === "object" && choice !== null;
  return {
    list,
    choice: named ? { name: choice.function.name } : (choice ?? (list.length ? "auto" : "none")),
    parallel: body.parallel_tool_calls ?? true,
  };
}

/** In a request the call of a message sent back, in an answer the model's. */
export const toolCall = z.object({
  id: text.min(1).max(MAX_ID),
  type: z.literal("function"),
  function: z.object({ name: text.min(1).max(MAX_ID), arguments: text }),
});
export type ApiToolCall = z.output<typeof toolCall>;

export const toApi = ({ id, name, arguments: given }: ToolCall): ApiToolCall => ({
  id,
  type: "function",
  function: { name, arguments: given },
});

export const fromApi = ({ id, function: { name, arguments: given } }: ApiToolCall): ToolCall => ({
  id,
  name,
  arguments: given,
});
