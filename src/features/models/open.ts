/** Models: a library of files to choose from, download and switch between, in page and terminal. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Asker, whoAsks } from "../../core/access.ts";
import { type House, openable } from "../../core/feature.ts";
import type { Jobs } from "../../core/jobs.ts";
import { type Route, route } from "../../core/route.ts";
import { eventStream } from "../../core/sse.ts";
import { type Models, model, modelsReply, pullQuery } from "./api.ts";
import { type Downloads, downloadsOf } from "./download.ts";
import type { Library, Where } from "./library.ts";
import { nameRoutes } from "./name-routes.ts";
import { advice } from "./table.ts";

/** Progress is shown at most this often, in milliseconds. */
const EVENT_MS = 250;

export const models = ({ of }: Pick<Where, "of">) =>
  openable({
    name: "models",
    open(house) {
      const library = of(house.engines);
      if (!library) return { facts: { library: false, paths: false } };
      const stopping = new AbortController();
      const { jobs } = house;
      const downloads = downloadsOf(library, jobs);
      const alone = !house.settings.accounts;
      return {
        facts: { library: true, paths: alone },
        jobs: [downloads.kind],
        routes: [
          ...nameRoutes(library, alone),
          ...modelRoutes({ library, jobs, downloads, stopping: stopping.signal }),
        ],
        start: () => advise(house, library),
        stop: () => stopping.abort(),
      };
    },
  });

/** Says the way to a better model to whoever has started it with the small one, once it listens. */
function advise({ listening, tell, language, note, log }: House, library: Library): void {
  // A log for programs has no reader who would follow it.
  if (note) return;
  const say = (all: Models) => {
    for (const line of library.closed ? [] : advice(all, language)) tell(line);
  };
  listening
    .then(() => library.models())
    .then(say)
    .catch((thrown: unknown) => library.closed || log("nothing can be advised", thrown));
}

interface Parts {
  readonly library: Library;
  readonly jobs: Jobs;
  readonly downloads: Downloads;
  readonly stopping: AbortSignal;
}

function modelRoutes(parts: Parts): readonly Route[] {
  const { library, downloads, stopping } = parts;
  const id = (params: Readonly<Record<string, string>>) => params.id ?? "";
  return [
    route({
      method: "get",
      path: "/api/models",
      access: "models:read",
      summary: "Lists all models with their state, and what this machine has.",
      reply: modelsReply,
      handle: () => everything(parts, whoAsks()),
    }),
    route({
      method: "get",
      path: "/api/models/events",
      access: "models:read",
      summary: "Sends the same list as server-sent events, at once and after every change.",
      reply: modelsReply,
      handle: ({ signal, log }) =>
        eventStream(snapshots(parts, whoAsks(), AbortSignal.any([signal, stopping])), log),
    }),
    route({
      method: "post",
      path: "/api/models/:id/pull",
      access: "administrator",
      summary: "Starts a download or goes on with it; progress comes as events.",
      query: pullQuery,
      reply: model,
      async handle({ params, query }) {
        await downloads.begin(whoAsks().id, id(params), query.use === "true");
        return downloads.seen(await library.model(id(params)));
      },
    }),
    route({
      method: "delete",
      path: "/api/models/:id/pull",
      access: "administrator",
      summary: "Stops a download; what has arrived is kept.",
      reply: model,
      async handle({ params }) {
        await downloads.cancel(id(params));
        // Also one that nobody has asked for: the starter's.
        return library.cancel(id(params));
      },
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
      async handle({ params }) {
        const { state } = await library.model(id(params));
        // One that waits would bring back what is deleted.
        if (state === "absent" || state === "partial") await downloads.cancel(id(params));
        return library.remove(id(params));
      },
    }),
  ];
}

async function everything({ library, downloads }: Parts, { role }: Asker): Promise<Models> {
  const all = await library.models();
  const hidden = role === "member" && { memoryBytes: null, freeDiskBytes: null };
  const machine = { ...all.machine, ...hidden };
  return { ...all, machine, models: all.models.map((one) => downloads.seen(one)) };
}

async function* snapshots(parts: Parts, asker: Asker, signal: AbortSignal): AsyncGenerator<Models> {
  const { library, jobs } = parts;
  while (!signal.aborted && !library.closed) {
    const told = new AbortController();
    const until = AbortSignal.any([signal, told.signal]);
    const change = Promise.race([library.change(until), jobs.change(until)]);
    yield await everything(parts, asker);
    await change;
    told.abort();
    await sleep(EVENT_MS, undefined, { signal }).catch(() => {});
  }
}
