/** Models: a library of files to choose from, download and switch between, in page and terminal. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Feature } from "../../core/feature.ts";
import { type Route, route } from "../../core/route.ts";
import { eventStream } from "../../core/sse.ts";
import type { Language } from "../../locales/index.ts";
import { type Models, model, modelsReply } from "./api.ts";
import { modelCommands } from "./commands.ts";
import type { Library } from "./library.ts";

/** Progress is shown at most this often, in milliseconds. */
const EVENT_MS = 250;

/** @param language of the terminal */
export function models(library: Library, language: Language = "en"): Feature {
  const stopping = new AbortController();
  return {
    name: "models",
    routes: () => modelRoutes(library, stopping.signal),
    commands: (program) => modelCommands(program, library, language),
    stop: () => stopping.abort(),
  };
}

function modelRoutes(library: Library, stopping: AbortSignal): readonly Route[] {
  const id = (params: Readonly<Record<string, string>>) => params.id ?? "";
  return [
    route({
      method: "get",
      path: "/api/models",
      access: "models:read",
      summary: "Lists all models with their state, and what this machine has.",
      reply: modelsReply,
      handle: () => library.models(),
    }),
    route({
      method: "get",
      path: "/api/models/events",
      access: "models:read",
      summary: "Sends the same list as server-sent events, at once and after every change.",
      reply: modelsReply,
      handle: ({ signal, log }) =>
        eventStream(snapshots(library, AbortSignal.any([signal, stopping])), log),
    }),
    route({
      method: "post",
      path: "/api/models/:id/pull",
      access: "administrator",
      summary: "Starts a download or goes on with it; progress comes as events.",
      reply: model,
      handle: async ({ params }) => (await library.pull(id(params))).model,
    }),
    route({
      method: "delete",
      path: "/api/models/:id/pull",
      access: "administrator",
      summary: "Stops a download; what has arrived is kept.",
      reply: model,
      handle: ({ params }) => library.cancel(id(params)),
    }),
    route({
      method: "post",
      path: "/api/models/:id/use",
      access: "administrator",
      summary: "Makes a model the one that answers, and loads it in the background.",
      reply: model,
      handle: ({ params }) => library.use(id(params)),
    }),
    route({
      method: "delete",
      path: "/api/models/:id",
      access: "administrator",
      summary: "Deletes a model's file, and what has been downloaded of it.",
      reply: model,
      handle: ({ params }) => library.remove(id(params)),
    }),
  ];
}

async function* snapshots(library: Library, signal: AbortSignal): AsyncGenerator<Models> {
  while (!signal.aborted && !library.closed) {
    const change = library.change(signal);
    yield await library.models();
    await change;
    await sleep(EVENT_MS, undefined, { signal }).catch(() => {});
  }
}
