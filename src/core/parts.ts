/**
 * What a message holds that is more than its text: one vocabulary for engines, storage, files and the
 * page. A feature with a type of its own merges it into `Parts`. A file that another Charla has written
 * may hold types that nobody here knows: they are kept as they are.
 */
import * as z from "zod";
import { text } from "./route.ts";
import "./types.ts";

export interface Parts {
  /** What a model thought before its answer, and for how long; never a part of the answer. */
  reasoning: { readonly text: string; readonly ms?: number | undefined };
  /** The model calls a tool; the arguments are JSON text. */
  call: {
    readonly id: string;
    readonly name: string;
    readonly arguments: string;
    /** UTF-16 unit of the message's text at which it was called. */
    readonly at?: number | undefined;
  };
  /** What a tool gave back to the call of this id. */
  result: {
    readonly call: string;
    readonly text: string;
    readonly failed?: boolean | undefined;
    /** The call was refused by its person, and not made. */
    readonly refused?: boolean | undefined;
    /** What the text is, as `toolbox.ts` has it; whatever it can be where nothing says so. */
    readonly labels?: readonly string[] | undefined;
  };
  citation: { readonly source: string; readonly quote?: string | undefined };
  /** Stands for so many of the messages before it. */
  summary: { readonly text: string; readonly of: number };
  /** Its pixels are kept elsewhere, like those of all media. */
  image: Media & {
    readonly width?: number | undefined;
    readonly height?: number | undefined;
    /** What is to be seen on it, in its person's words. */
    readonly alt?: string | undefined;
    /** What was read from it and looked through by its person: models that do not see are given it. */
    readonly text?: string | undefined;
    /** Only in a file that chats are taken along in: its bytes, in Base64. */
    readonly data?: string | undefined;
  };
  audio: Media;
  file: Media;
}

/** Something whose bytes are stored elsewhere. */
export interface Media {
  /** SHA-256 of the bytes, in hexadecimal digits. */
  readonly digest: string;
  /** Its media type: "image/png". */
  readonly media: string;
  /** So many. */
  readonly bytes: number;
  readonly name?: string | undefined;
}

declare module "./types.ts" {
  interface Text {
    /** A whole part of the answer, beside its text; `text` is empty then. */
    readonly part?: Part | undefined;
  }
}

export type PartType = keyof Parts;
export type PartOf<Type extends PartType> = { readonly type: Type } & Parts[Type];
export type Part = { [Type in PartType]: PartOf<Type> }[PartType];

const count = z.number().int().min(0);
const media = z.looseObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/, "is no SHA-256"),
  media: text,
  bytes: count,
  name: text.optional(),
});

/** What a part of a type has to have; what else it has stays with it. */
const FIELDS: { readonly [Type in PartType]?: z.ZodType<Parts[Type]> } = {
  reasoning: z.looseObject({ text, ms: z.number().min(0).optional() }),
  call: z.looseObject({ id: text, name: text, arguments: text, at: count.optional() }),
  result: z.looseObject({
    call: text,
    text,
    failed: z.boolean().optional(),
    refused: z.boolean().optional(),
    labels: z.array(text).optional(),
  }),
  citation: z.looseObject({ source: text, quote: text.optional() }),
  summary: z.looseObject({ text, of: count }),
  image: media.extend({
    width: count.optional(),
    height: count.optional(),
    alt: text.optional(),
    text: text.optional(),
    data: z.string().optional(),
  }),
  audio: media,
  file: media,
};

const known = { digest: media.shape.digest, media: text.max(200), bytes: count };
/** A file that somebody brings along with a question. */
export const brought = z.object({ type: z.literal("file"), ...known, name: text.max(300) });
export type Brought = z.output<typeof brought>;

/** An image that somebody brings along with a question. */
export const broughtImage = z.object({
  ...{ type: z.literal("image"), ...known, name: text.max(300).optional() },
  ...{ width: count, height: count },
  alt: text.max(1000).optional(),
  text: text.max(100_000).optional(),
});
export type BroughtImage = z.output<typeof broughtImage>;

/** A part as it is stored and sent: of a type that is known, or of any other. */
export const part: z.ZodType<Part> = z
  .looseObject({ type: text.min(1).max(100) })
  .superRefine((value, context) => {
    const known = Object.hasOwn(FIELDS, value.type) ? FIELDS[value.type as PartType] : undefined;
    for (const { message, path } of known?.safeParse(value).error?.issues ?? [])
      context.addIssue({ code: "custom", message, path: [...path] });
  }) as unknown as z.ZodType<Part>;

/** What stands in a part for programs, and is nobody's text. */
const CODES: Readonly<Partial<Record<PartType, readonly string[]>>> = {
  call: ["id"],
  result: ["call"],
  image: ["digest", "media", "data"],
  audio: ["digest", "media"],
  file: ["digest", "media"],
};

/** The same part, with each of its texts as `take` gives it. */
export async function withTexts(
  part: Part,
  take: (text: string) => Promise<string>,
): Promise<Part> {
  const codes = ["type", ...(Object.hasOwn(CODES, part.type) ? (CODES[part.type] ?? []) : [])];
  const walk = async (value: unknown): Promise<unknown> => {
    if (typeof value === "string") return take(value);
    if (typeof value !== "object" || value === null) return value;
    if (!Array.isArray(value)) return walkFields(value, []);
    const items: unknown[] = [];
    for (const item of value) items.push(await walk(item));
    return items;
  };
  const walkFields = async (fields: object, kept: readonly string[]) => {
    const walked: [string, unknown][] = [];
    for (const [name, value] of Object.entries(fields))
      walked.push([name, kept.includes(name) ? value : await walk(value)]);
    return Object.fromEntries(walked);
  };
  return (await walkFields(part, codes)) as Part;
}

/** About what they take, in UTF-16 units. */
export const sizeOf = (parts: readonly Part[] | undefined): number =>
  parts === undefined || parts.length === 0 ? 0 : JSON.stringify(parts).length;
