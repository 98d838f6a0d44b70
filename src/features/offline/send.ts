/** Sends a file, whole or from a byte on, as a download that was cut asks for it (RFC 9110, 14.2). */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { CharlaError } from "../../core/errors.ts";

/**
 * @param digest of the file, by which a client knows whether it is still the same one
 * @throws CharlaError `range_beyond_end`
 */
export async function sendFile(
  path: string,
  { type, digest }: { readonly type: string; readonly digest: string },
  request: Request,
): Promise<Response> {
  const { size } = await stat(path);
  const tag = `"${digest}"`;
  const asked = /^bytes=(\d{1,15})-$/.exec(request.headers.get("range") ?? "")?.[1];
  const same = [null, tag].includes(request.headers.get("if-range"));
  const from = asked !== undefined && same ? Number(asked) : undefined;
  if (from !== undefined && from >= size) throw beyondEnd(from, size);
  const headers = {
    ...{ "content-type": type, "accept-ranges": "bytes", etag: tag, "cache-control": "no-store" },
    "content-length": String(size - (from ?? 0)),
    ...(from !== undefined && { "content-range": `bytes ${from}-${size - 1}/${size}` }),
  };
  const bytes = createReadStream(path, { start: from ?? 0, signal: request.signal });
  // Who has gone away is no fault; what else goes wrong ends the answer, which is then too short.
  bytes.on("error", () => {});
  const body = Readable.toWeb(bytes) as ReadableStream<Uint8Array>;
  return new Response(body, { status: from === undefined ? 200 : 206, headers });
}

const beyondEnd = (from: number, size: number) =>
  new CharlaError("range_beyond_end", {
    status: 416,
    message: "The file has {size} bytes, so there is none from byte {from} on.",
    hint: "Download it from its beginning.",
    params: { from, size },
  });
