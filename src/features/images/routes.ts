/** Images over HTTP: given, shown, read. */
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import type { House } from "../../core/feature.ts";
import { lookAt, MOST_IMAGE_BYTES } from "../../core/images.ts";
import { findReader, recognise } from "../../core/ocr.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { notFound, unknown } from "./errors.ts";
import type { Images } from "./store.ts";

/** Of an image whose text is read: it is given as it came, since small letters are lost in less. */
const MOST_READ_BYTES = 20 * 2 ** 20;

/** One of three media types, which no browser takes for a page. */
const HEADERS = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

const bytesOf = async (request: Request) => new Uint8Array(await request.arrayBuffer());

export function routesOf(images: Images, { engines }: Pick<House, "engines">): readonly Route[] {
  return [
    route({
      method: "get",
      path: "/api/images",
      summary: "Says which models see images, and whether the text on them can be read.",
      reply: api.ways,
      async handle({ signal }) {
        const reader = await findReader(signal);
        const languages = reader?.languages ?? [];
        const cards = await engines.list().catch(() => []);
        return {
          sees: cards.flatMap(({ id, vision }) => (vision ? [id] : [])),
          model: engines.status().model?.id ?? null,
          ocr: !reader ? "missing" : languages.length === 0 ? "languages" : "ready",
          languages: [...languages],
        } satisfies api.Ways;
      },
    }),
    route({
      method: "post",
      path: "/api/images",
      stores: true,
      summary: "Takes an image that goes along with a question.",
      takes: z.file(),
      reply: api.image,
      // A little more, which is told what the limit is.
      maxBytes: MOST_IMAGE_BYTES + 2 ** 20,
      async handle({ request }) {
        const { id: _, ...known } = await images.take(whoAsks().id, await bytesOf(request));
        return known;
      },
    }),
    route({
      method: "post",
      path: "/api/images/text",
      computes: true,
      summary: "Reads the text on an image, which is not kept.",
      takes: z.file(),
      reply: api.recognised,
      maxBytes: MOST_READ_BYTES,
      async handle({ request, signal }) {
        const bytes = await bytesOf(request);
        if (!lookAt(bytes)) throw unknown();
        return recognise(bytes, signal);
      },
    }),
    route({
      method: "get",
      path: "/api/images/:digest",
      summary: "Gives an image of one's own.",
      gives: ["image/jpeg", "image/png", "image/webp"],
      async handle({ params: { digest = "" } }) {
        const owner = whoAsks().id;
        const found = await images.find(owner, digest);
        const bytes = found && (await images.bytes(owner, found.id));
        if (!bytes) throw notFound();
        return new Response(Buffer.from(bytes), {
          headers: { ...HEADERS, "content-type": found.media },
        });
      },
    }),
  ];
}
