/** Files of chats come in, and people see what becomes of them. */
import * as z from "zod";
import { whoAsks } from "../../../core/access.ts";
import type { House } from "../../../core/feature.ts";
import { type Route, route } from "../../../core/route.ts";
import { type ImportSeen, importQuery, importSeen } from "../api.ts";
import { importNotFound, importRunning, importTooLarge } from "../errors.ts";
import type { Inbox } from "./inbox.ts";
import { EMPTY, type ImportKind } from "./job.ts";

export const IMPORTS = "/api/conversations/imports";
/** Bytes of the files of a person that wait or are read. */
export const MAX_FILES = 2 ** 30;

export function importRoutes(
  kind: ImportKind,
  house: Pick<House, "jobs">,
  inbox: Inbox,
): readonly Route[] {
  const seen = async (owner: string, id: string): Promise<ImportSeen> => {
    const { kind: name, ...job } = await house.jobs.one(owner, id);
    if (name !== kind.name) throw importNotFound();
    const report = (await house.jobs.saved(kind, owner, id))?.report ?? EMPTY;
    const { state, done, total, title, error } = job;
    return { id, state, done, total, name: title ?? "", error: error && { ...error }, report };
  };
  return [
    route({
      method: "post",
      path: IMPORTS,
      access: "conversations:write",
      stores: true,
      summary: "Takes a file of chats, of this or another product, and imports it as a job.",
      query: importQuery,
      takes: z.file(),
      reply: importSeen,
      // Of more, this says itself what to do.
      maxBytes: 2 * MAX_FILES,
      async handle({ query, request }) {
        const owner = whoAsks().id;
        const waiting = house.jobs.underWay(kind).filter((one) => one.owner === owner);
        const room = waiting.reduce((left, { input }) => left - input.bytes, MAX_FILES);
        const coming = Number(request.headers.get("content-length") ?? 0);
        if (coming > MAX_FILES) throw importTooLarge(MAX_FILES);
        if (coming > room || room <= 0) throw importRunning();
        const file = await inbox.take(request.body ?? ReadableStream.from([]), room);
        const { id } = await house.jobs.begin(kind, owner, { ...file, name: query.name });
        return seen(owner, id);
      },
    }),
    route({
      method: "get",
      path: `${IMPORTS}/:id`,
      access: "conversations:read",
      summary: "Tells how far an import is, and what could not be taken.",
      reply: importSeen,
      handle: ({ params }) => seen(whoAsks().id, params.id ?? ""),
    }),
  ];
}
