/** The routes by which people bring a model of their own: by a name, a path, or the file itself. */
import { isAbsolute } from "node:path";
import * as z from "zod";
import { CharlaError } from "../../core/errors.ts";
import { type Route, route } from "../../core/route.ts";
import { MAX_PIECE, model, nameBody, pieceQuery, pieceReply } from "./api.ts";
import type { Library } from "./library.ts";

const FILE = "/api/models/files/:file";
/** A plain name, which no system takes for a path or hides. */
const NAME = /^[^\p{C}/\\:*?"<>|.][^\p{C}/\\:*?"<>|]{0,150}\.gguf$/iu;

/** @param alone whether one person has the machine, and so may name its files */
export function nameRoutes(library: Library, alone: boolean): readonly Route[] {
  return [
    route({
      method: "post",
      path: "/api/models",
      access: "administrator",
      summary: "Makes a model known that the hub has, or a file on this machine.",
      body: nameBody,
      reply: model,
      handle({ body: { address }, signal }) {
        if (!alone && looksLocal(address)) throw pathRefused();
        return library.name(address, signal);
      },
    }),
    route({
      method: "put",
      path: FILE,
      access: "administrator",
      summary: "Takes a piece of a model's file.",
      query: pieceQuery,
      takes: z.file(),
      reply: pieceReply,
      maxBytes: MAX_PIECE,
      handle: ({ params, query, request }) =>
        library.take(nameOf(params), query, request.body ?? ReadableStream.from([])),
    }),
    route({
      method: "delete",
      path: FILE,
      access: "administrator",
      summary: "Removes what has come of a model's file.",
      handle: ({ params }) => library.drop(nameOf(params)),
    }),
  ];
}

const looksLocal = (address: string) =>
  isAbsolute(address) || /^(~|\.|[a-z]:)[\\/]|^\.\.|^file:/i.test(address);

/** @throws CharlaError `model_file_name` */
function nameOf({ file = "" }: Readonly<Record<string, string>>): string {
  if (NAME.test(file)) return file;
  throw new CharlaError("model_file_name", {
    status: 400,
    param: "file",
    message: "A model's file has a plain name that ends in .gguf.",
    hint: "Rename it and send it again.",
  });
}

function pathRefused(): CharlaError {
  return new CharlaError("model_path_refused", {
    status: 403,
    param: "address",
    message:
      "Where several people have accounts, files of the machine are not opened by their path.",
    hint: "Whoever runs this server can put the file into the models folder; or send it from your browser.",
  });
}
