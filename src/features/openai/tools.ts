/**
 * Tools and their calls in OpenAI's words. Charla calls nothing by itself: the client does, and
 * sends back what came of it.
 * Source: the OpenAI API reference, "Function calling".
 */
import * as z from "zod";
import type { ToolCall, Tools } from "../../core/extras.ts";
import { jsonObject } from "../../core/json.ts";
import { text } from "../../core/route.ts";
import { taken } from "../../core/taken.ts";
import { CALL_HINTS, TOOL_HINTS } from "./hints.ts";

const name = z.string().regex(/^[\w-]{1,64}$/, "may have letters, digits, _ and -, up to 64");
export const MAX_TOOLS = 128;
/** Characters of a name or an id that others have made. */
export const MAX_ID = 200;

const tool = taken(
  {
    type: z.literal("function", "can only be function: other tools are not run here"),
    function: taken(
      {
        name,
        description: text.optional(),
        /** JSON schema of the arguments; a call without arguments when absent. */
        parameters: jsonObject.optional(),
        strict: z.boolean().optional(),
      },
      { hints: TOOL_HINTS },
    ),
  },
  { hints: TOOL_HINTS },
);

export const toolFields = {
  tools: z.array(tool).max(MAX_TOOLS).optional(),
  tool_choice: z
    .union([
      z.enum(["auto", "none", "required"]),
      z.strictObject({ type: z.literal("function"), function: z.strictObject({ name }) }),
    ])
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
};
const fields = z.object(toolFields);

/**
 * @param before whether the messages hold calls of tools or their answers: an engine whose template
 *   knows no tools could not show them to its model, so it has to be asked even with an empty list
 */
export function toTools(body: z.output<typeof fields>, before: boolean): Tools | undefined {
  const list = (body.tools ?? []).map(({ function: one }) => ({
    name: one.name,
    description: one.description,
    parameters: one.parameters,
    strict: one.strict,
  }));
  if (list.length === 0 && !before) return undefined;
  const { tool_choice: choice = "auto" } = body;
  const named = typeof choice === "object" ? { name: choice.function.name } : choice;
  return {
    list,
    choice: list.length > 0 ? named : "none",
    parallel: body.parallel_tool_calls ?? true,
  };
}

/**
 * Arguments as a model once wrote them, which need not be JSON; some clients send the object itself.
 * None, or null, are those of a tool that takes none.
 */
const given = z
  .union([text, jsonObject])
  .transform((value) => (typeof value === "string" ? value.trim() : JSON.stringify(value)))
  .transform((value) => (value === "" || value === "null" ? "{}" : value));

/** The call of a message that is sent back. */
export const callInMessage = taken(
  {
    id: text.min(1).max(MAX_ID),
    type: z.literal("function", "can only be function").default("function"),
    function: taken(
      { name: text.min(1).max(MAX_ID), arguments: given.default("{}") },
      { hints: CALL_HINTS },
    ),
  },
  { hints: CALL_HINTS },
);

/** The model's. */
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
