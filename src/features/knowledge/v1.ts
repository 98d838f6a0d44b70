/**
 * `/v1/files`, in OpenAI's words: a program's files are its person's own, and a response can be asked about
 * them (`input_file`). Source: the OpenAI API reference, "Files".
 */
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import { CharlaError } from "../../core/errors.ts";
import type { House } from "../../core/feature.ts";
import { pageOf } from "../../core/pages.ts";
import { check, type Route, route } from "../../core/route.ts";
import { uploadQuery } from "./api.ts";
import type { OpenIndexes } from "./finding/opened.ts";
import type { ReadingQueue } from "./reading/queue.ts";
import { asItCame } from "./routes.ts";
import type { Files, Stored } from "./store.ts";
import { listOf } from "./stores/words.ts";

/** A form is read as a whole, so it is bounded for the memory's sake. */
const MAX_BYTES = 64 * 2 ** 20;

const file = z.object({
  id: z.string(),
  object: z.literal("file"),
  bytes: z.number(),
  /** Seconds since 1970. */
  created_at: z.number(),
  filename: z.string(),
  purpose: z.literal("user_data"),
  status: z.enum(["uploaded", "processed", "error"]),
  status_details: z.string().optional(),
});

const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
  order: z.enum(["asc", "desc"]).default("desc"),
  /** Id of the last file of the page before. */
  after: z.string().max(100).optional(),
  purpose: z.enum(["user_data", "assistants"]).optional(),
});
const list = listOf(file);

/** The fields of the form, besides the file. */
const fields = z.strictObject({
  purpose: z.enum(["user_data", "assistants"], "can only be user_data or assistants here"),
});

interface Needed {
  readonly files: Files;
  readonly queue: ReadingQueue;
  readonly indexes: OpenIndexes;
  readonly house: Pick<House, "intake">;
}

export const v1Routes = ({ files, queue, indexes, house }: Needed): readonly Route[] => [
  route({
    method: "post",
    path: "/v1/files",
    access: "files:write",
    summary: "Takes a file in OpenAI's words, as a form, and reads it in the background.",
    takes: z.file(),
    reply: file,
    maxBytes: MAX_BYTES,
    async handle({ request }) {
      const owner = whoAsks().id;
      const { sent, name } = await formOf(request);
      const text = (await house.intake({ owner, kind: "title", text: name })) || "?";
      const content = sent.stream() as unknown as AsyncIterable<Uint8Array>;
      const { id, state } = await files.take(owner, { name: text, kept: true, content });
      if (state === "waiting") queue.add(owner, id);
      return shown(await files.one(owner, id));
    },
  }),
  route({
    method: "get",
    path: "/v1/files",
    access: "files:read",
    summary: "Lists one's own files in OpenAI's words.",
    query: listQuery,
    reply: list,
    async handle({ query }) {
      const { data, ...page } = pageOf(await files.list(whoAsks().id), query);
      return { ...page, data: data.map(shown) };
    },
  }),
  route({
    method: "get",
    path: "/v1/files/:id",
    access: "files:read",
    summary: "Shows a file of one's own in OpenAI's words.",
    reply: file,
    handle: async ({ params: { id = "" } }) => shown(await files.one(whoAsks().id, id)),
  }),
  route({
    method: "get",
    path: "/v1/files/:id/content",
    access: "files:read",
    summary: "Gives a file as it came, to be saved.",
    handle: ({ params: { id = "" } }) => asItCame(files, whoAsks().id, id),
  }),
  route({
    method: "delete",
    path: "/v1/files/:id",
    access: "files:write",
    summary: "Deletes a file of one's own, also out of the chats that have it.",
    reply: z.object({ id: z.string(), object: z.literal("file"), deleted: z.literal(true) }),
    async handle({ params: { id = "" } }) {
      const owner = whoAsks().id;
      await files.one(owner, id);
      await queue.leave((one) => one.id === id);
      indexes.forget([id]);
      await files.remove(owner, id);
      return { id, object: "file", deleted: true };
    },
  }),
];

/** @throws CharlaError `invalid_value`, `unsupported_parameter` */
async function formOf(request: Request): Promise<{ sent: File; name: string }> {
  const form = await request.formData().catch((cause) => {
    throw noFile(cause);
  });
  const sent = form.get("file");
  if (!(sent instanceof File)) throw noFile();
  form.delete("file");
  check(fields, Object.fromEntries(form));
  const { name } = check(uploadQuery, { name: sent.name });
  return { sent, name };
}

const STATUS = { ready: "processed", failed: "error" } as const;

function shown({ id, bytes, state, about, created_at }: Stored): z.output<typeof file> {
  return {
    ...{ id, object: "file", bytes, filename: about.name, purpose: "user_data" },
    created_at: Math.floor(Date.parse(created_at) / 1000),
    status: state === "ready" || state === "failed" ? STATUS[state] : "uploaded",
    ...(about.error && { status_details: about.error.message }),
  };
}

const noFile = (cause?: unknown) =>
  new CharlaError("file_missing", {
    status: 400,
    param: "file",
    message: "There is no file in the request.",
    hint: "Send a form (multipart/form-data) with the fields file and purpose.",
    cause,
  });
