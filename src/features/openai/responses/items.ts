/**
 * Items of a response: messages, calls of tools and what came of them, thoughts; and the messages of a
 * chat that say the same.
 */
import * as z from "zod";
import { CharlaError } from "../../../core/errors.ts";
import { text } from "../../../core/route.ts";
import { stripped, taken } from "../../../core/taken.ts";
import { detail, imageOf, toImagePart } from "../images.ts";
import { MAX_ID } from "../tools.ts";

const BESIDE = { hints: { annotations: [], logprobs: [], cache_control: [] } };
const texts = [
  taken({ type: z.enum(["input_text", "output_text", "text"]), text }, BESIDE),
  taken({ type: z.literal("refusal"), refusal: text }, BESIDE),
] as const;
const part = z.union(texts, { error: "is no text: sound and files are not read here" });
const content = z.union([text, z.array(part).max(10_000)]);

/** It is looked at where the chat completion is made, and stored as it came. */
const image = taken(
  {
    type: z.literal("input_image"),
    image_url: z.string().superRefine((url, context) => {
      const fault = imageOf(url);
      if (typeof fault === "string") context.addIssue({ code: "custom", message: fault });
    }),
    detail,
  },
  BESIDE,
);
/** One of `/v1/files`. */
const file = taken({ type: z.literal("input_file"), file_id: text.min(1).max(MAX_ID) }, BESIDE);
const seen = z.union([...texts, image, file], {
  error: ({ input }) =>
    Object(input).type === "input_image"
      ? "has no image_url that is a data URL: send data:image/png;base64,..."
      : "is no text and no image: sound is not read here, and files by their file_id alone",
});
type Seen = z.output<typeof seen>;

const id = text.max(MAX_ID).optional();
const ITEM = { hints: { status: [], phase: [], namespace: [], created_by: [] } };

const message = taken(
  {
    ...{ type: z.literal("message").default("message"), id },
    role: z.enum(["user", "assistant", "system", "developer"]),
    content: z.union([text, z.array(seen).max(10_000)]),
  },
  ITEM,
).superRefine(({ role, content }, context) => {
  if (role === "user" || typeof content === "string") return;
  if (content.some((one) => "image_url" in one || "file_id" in one)) {
    const message = "holds an image or a file: those stand in messages of the user";
    context.addIssue({ code: "custom", path: ["content"], message });
  }
});
const call = taken(
  {
    ...{ type: z.literal("function_call"), id, call_id: text.min(1).max(MAX_ID) },
    ...{ name: text.min(1).max(MAX_ID), arguments: text },
  },
  ITEM,
);
const output = taken(
  {
    ...{ type: z.literal("function_call_output"), id, call_id: text.min(1).max(MAX_ID) },
    output: content,
  },
  ITEM,
);
/** Neither a thought nor what was found is told to the model again. */
const untold = z.looseObject({ type: z.enum(["reasoning", "file_search_call"]), id });
const reference = z.strictObject({
  type: z.literal("item_reference"),
  id: text.min(1).max(MAX_ID),
});

const SCHEMAS = {
  message,
  function_call: call,
  function_call_output: output,
  reasoning: untold,
  file_search_call: untold,
  item_reference: reference,
};

export type Item =
  | z.output<typeof message>
  | z.output<typeof call>
  | z.output<typeof output>
  | z.output<typeof untold>
  | z.output<typeof reference>;

/** By its type, so that what is wrong is named in the item's own words. */
export const inputItem = z.unknown().transform((given, context): Item => {
  const one = stripped(given, new Set(["type", "id", "role", "content"])) as object | undefined;
  const type = String(Object(one).type ?? Object(given).type ?? "message");
  const schema = Object.hasOwn(SCHEMAS, type) ? SCHEMAS[type as keyof typeof SCHEMAS] : undefined;
  if (!schema) {
    context.addIssue({
      code: "custom",
      path: ["type"],
      message: `'${type.slice(0, 40)}' is not taken here`,
    });
    return z.NEVER;
  }
  return readInto(context, schema, given) as Item;
});

/** What is wrong is told in the words of this one schema of several. */
export function readInto<Schema extends z.ZodType>(
  context: z.core.$RefinementCtx,
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  for (const { path, message: reason } of read.error.issues)
    context.addIssue({ code: "custom", path: [...path], message: reason });
  return z.NEVER;
}

const wordsOf = (given: string | readonly Seen[]): string =>
  typeof given === "string" ? given : given.map(wordsIn).join("");
const wordsIn = (one: Seen) => ("text" in one ? one.text : "refusal" in one ? one.refusal : "");

/** Text, or parts where there are images among them. */
const askedOf = (given: string | readonly Seen[]): string | object[] =>
  typeof given === "string" || !given.some((one) => "image_url" in one)
    ? wordsOf(given)
    : given
        .filter((one) => !("file_id" in one))
        .map((one) =>
          "image_url" in one
            ? toImagePart(one.image_url, one.detail)
            : { type: "text", text: wordsIn(one) },
        );

/** Ids of the files that people's messages name, each once. */
export function filesOf(items: readonly Item[]): readonly string[] {
  const ids = items.flatMap((item) =>
    item.type === "message" && item.role === "user" && typeof item.content !== "string"
      ? item.content.flatMap((one) => ("file_id" in one ? one.file_id : []))
      : [],
  );
  return [...new Set(ids)];
}

interface Call {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}
type Said =
  | { role: "user"; content: string | object[] }
  | { role: "system"; content: string }
  | { role: "assistant"; content: string; tool_calls?: Call[] }
  | { role: "tool"; content: string; tool_call_id: string };

/** Calls belong to the message before them, if that is the model's; a thought belongs to none. */
export function toMessages(items: readonly Item[]): readonly Said[] {
  const messages: Said[] = [];
  for (const item of items) {
    const last = messages.at(-1);
    switch (item.type) {
      case "message": {
        const { role } = item;
        if (role === "user") messages.push({ role, content: askedOf(item.content) });
        else if (role === "assistant") messages.push({ role, content: wordsOf(item.content) });
        else messages.push({ role: "system", content: wordsOf(item.content) });
        break;
      }
      case "function_call": {
        const { call_id, name, arguments: given } = item;
        const one: Call = { id: call_id, type: "function", function: { name, arguments: given } };
        if (last?.role === "assistant") last.tool_calls = [...(last.tool_calls ?? []), one];
        else messages.push({ role: "assistant", content: "", tool_calls: [one] });
        break;
      }
      case "function_call_output":
        messages.push({ role: "tool", content: wordsOf(item.output), tool_call_id: item.call_id });
        break;
      case "item_reference":
        throw unknownItem(item.id);
    }
  }
  return messages;
}

export function unknownItem(item: string): CharlaError {
  return new CharlaError("item_unknown", {
    status: 400,
    param: "input",
    message: "There is no item {item} that was stored.",
    hint: "Send the item itself; with store: false nothing is kept here.",
    params: { item },
  });
}
