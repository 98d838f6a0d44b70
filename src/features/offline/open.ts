/** What the feature does once it is opened: it lists what can be taken along, and gives it out. */
import { openable } from "../../core/feature.ts";
import { type Route, route } from "../../core/route.ts";
import { type OfflineModel, offlineReply } from "./api.ts";
import { ENGINE, engineBytes, enginePath } from "./engine.ts";
import { sendFile } from "./send.ts";
import type { OnShelf, Shelf, Where } from "./shelf.ts";

/** WebAssembly of the engine reads a file as one piece, up to so many bytes. */
const MAX_BYTES = 2 ** 31;

export const offline = ({ of }: Where) =>
  openable({
    name: "offline",
    open({ engines }) {
      const shelf = of(engines);
      // Where another server has the models, there is none to be taken along.
      return { facts: { models: shelf !== undefined }, routes: shelf ? routesOf(shelf) : [] };
    },
  });

/** No `access` stands here, so that each is for a person's own session. */
const routesOf = (shelf: Shelf): readonly Route[] => [
  route({
    method: "get",
    path: "/api/offline",
    summary: "Lists what a browser can take along to answer without a server.",
    reply: offlineReply,
    async handle() {
      const { current, models } = await shelf.models();
      const here = models.flatMap((one) => offered(one, current));
      const paths = await Promise.all(here.map(({ id }) => shelf.path(id).catch(() => "")));
      return {
        engine: { ...ENGINE, bytes: await engineBytes() },
        // The engine in browsers reads GGUF alone.
        models: here.filter((_, at) => !paths[at]?.endsWith(".onnx")),
      };
    },
  }),
  route({
    method: "get",
    path: "/api/offline/engine",
    summary: "Sends the engine for browsers (WebAssembly), whole or from a byte on.",
    handle: ({ request }) =>
      sendFile(enginePath(), { type: "application/wasm", digest: ENGINE.digest }, request),
  }),
  route({
    method: "get",
    path: "/api/offline/models/:id",
    summary: "Sends a model's file (GGUF), whole or from a byte on.",
    async handle({ params: { id = "" }, request }) {
      const path = await shelf.path(id);
      const { models } = await shelf.models();
      const digest = models.find((one) => one.id === id)?.digest ?? "";
      return sendFile(path, { type: "application/octet-stream", digest }, request);
    },
  }),
];

/** None unless it is here, whole, and its digest was compared. */
function offered(one: OnShelf, current: string): readonly OfflineModel[] {
  const { id, name, description, licence, quantisation, contextWindow, digest } = one;
  if (digest === null || !["ready", "loading", "loaded"].includes(one.state)) return [];
  const large = one.fileBytes >= MAX_BYTES;
  const unfit = large ? ("large" as const) : one.template === "own" ? null : ("template" as const);
  const facts = { id, name, description, licence, quantisation, contextWindow, digest, unfit };
  return [{ ...facts, bytes: one.fileBytes, current: id === current }];
}
