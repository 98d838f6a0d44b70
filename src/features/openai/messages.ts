/**
 * The messages of a chat completion, and the core's. A tool's answer stands right behind the message
 * that called it, as OpenAI has it, so that every call has its answer when a model reads on.
 */
import * as z from "zod";
import { MAX_MESSAGES } from "../../core/chat.ts";
import { type Image, MOST_IMAGES } from "../../core/images.ts";
import { text } from "../../core/route.ts";
import { hintFields, stripped } from "../../core/taken.ts";
import type { Message } from "../../core/types.ts";
import { MESSAGE_HINTS, PART_HINTS } from "./hints.ts";
import { imagePart } from "./images.ts";
import { callInMessage, fromApi, MAX_ID, MAX_TOOLS } from "./tools.ts";

/** What parts of messages hold that no model here reads, by the words in their type. */
const UNREAD: ReadonlyArray<readonly [RegExp, string]> = [
  [/image/, "images stand in messages of the user: send text here"],
  [/video/, "films are not read here: send text"],
  [/audio/, "sound is not read here: send text"],
  [/file|document|pdf/, "files are not read here: send their text"],
];

const typeOf = (input: unknown) => String((input as { type?: unknown } | null)?.type);
const beside = hintFields(PART_HINTS);
const strip = (given: unknown) =>
  stripped(given, new Set(["type", "text", "refusal", "image_url"]), { hints: PART_HINTS });
const error = ({ input }: { readonly input?: unknown }) => {
  const known = UNREAD.find(([words]) => words.test(typeOf(input)));
  return known?.[1] ?? `there is no part of type ${typeOf(input).slice(0, 40)}: send text`;
};
const texts = [
  z.strictObject({ ...beside, type: z.literal("text"), text }),
  z.strictObject({ ...beside, type: z.literal("refusal"), refusal: text }),
] as const;
const part = z.preprocess(strip, z.discriminatedUnion("type", texts, { error }));
const seen = z.preprocess(
  strip,
  z.discriminatedUnion("type", [...texts, z.strictObject({ ...beside, ...imagePart })], { error }),
);

const content = z
  .union([text, z.array(part).max(MAX_MESSAGES)])
  .transform((value) =>
    typeof value === "string"
      ? value
      : value.map((one) => (one.type === "text" ? one.text : one.refusal)).join(""),
  );

/** A text, and the images at their places in it. */
const asked = z
  .union([text, z.array(seen).max(MAX_MESSAGES)])
  .transform((value, context): Pick<Message, "content" | "images"> => {
    if (typeof value === "string") return { content: value };
    const images: Image[] = [];
    let content = "";
    for (const one of value) {
      if (one.type === "text") content += one.text;
      else if (one.type === "refusal") content += one.refusal;
      else {
        const { url, detail } = one.image_url;
        images.push({ ...url, at: content.length, ...(detail && { detail }) });
      }
    }
    if (images.length > MOST_IMAGES)
      context.addIssue({ code: "custom", message: `has more than ${MOST_IMAGES} images` });
    return { content, ...(images.length > 0 && { images }) };
  });

const hints = hintFields(MESSAGE_HINTS);
const KNOWN = new Set(["role", "content", "refusal", "tool_calls", "tool_call_id"]);

const message = z.preprocess(
  (given) => stripped(given, KNOWN, { hints: MESSAGE_HINTS }),
  z.discriminatedUnion(
    "role",
    [
      // "developer" is OpenAI's newer name for "system".
      z.strictObject({ ...hints, role: z.enum(["system", "developer"]), content }),
      z.strictObject({ ...hints, role: z.literal("user"), content: asked }),
      z.strictObject({
        ...hints,
        role: z.literal("assistant"),
        content: content.optional(),
        tool_calls: z.array(callInMessage).max(MAX_TOOLS).optional(),
        refusal: text.optional(),
      }),
      z.strictObject({
        ...hints,
        role: z.literal("tool"),
        content,
        tool_call_id: text.min(1).max(MAX_ID),
      }),
    ],
    { error: "is not one of system, developer, user, assistant and tool" },
  ),
);
type ApiMessage = z.output<typeof message>;

export const messages = z
  .array(message)
  .min(1, "holds no message")
  .max(MAX_MESSAGES)
  .superRefine((list, context) => {
    const wrong = disorder(list);
    if (wrong) context.addIssue({ code: "custom", ...wrong });
  });

const callsOf = (one: ApiMessage) => (one.role === "assistant" && one.tool_calls) || [];

/** Whether a request shows calls of tools or their answers. */
export const showsTools = (list: readonly ApiMessage[]) =>
  list.some((one) => one.role === "tool" || callsOf(one).length > 0);

/** Whether the last message is the beginning of the answer. */
export const isBegun = (list: readonly ApiMessage[]) => list.at(-1)?.role === "assistant";

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
    const calls = callsOf(one);
    open = new Set(calls.map(({ id }) => id));
    if (open.size < calls.length) {
      return { path: [index, "tool_calls"], message: "has two calls of the same id" };
    }
  }
  if (open.size === 0) return null;
  return { path: [], message: "must end with the tools' answers, after a message that calls them" };
}

export function toMessages(list: readonly ApiMessage[]): readonly Message[] {
  const messages = list.map(toMessage);
  // An answer that was begun with nothing is one that was not begun.
  return isBegun(list) && messages.at(-1)?.content === "" ? messages.slice(0, -1) : messages;
}

function toMessage(one: ApiMessage): Message {
  switch (one.role) {
    case "tool":
      return { role: "user", content: one.content, toolCallId: one.tool_call_id };
    case "assistant": {
      const said = { role: "assistant", content: one.content ?? one.refusal ?? "" } as const;
      const calls = callsOf(one);
      return calls.length > 0 ? { ...said, toolCalls: calls.map(fromApi) } : said;
    }
    case "user":
      return { role: "user", ...one.content };
    default:
      return { role: "system", content: one.content };
  }
}
