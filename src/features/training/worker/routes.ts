/** The worker over HTTP: what it takes, to fetch it, to stop that, to take it away again. */
import { type Access, whoAsks } from "../../../core/access.ts";
import type { Jobs } from "../../../core/jobs.ts";
import { type Route, route } from "../../../core/route.ts";
import * as api from "../api.ts";
import type { SetupKind } from "../jobs.ts";
import type { Ground } from "../work.ts";
import { bytesOf } from "./folder.ts";
import { FETCHED_BYTES, folderOf, NEEDED_BYTES, remove, stateOf, UNPACKED_BYTES } from "./setup.ts";

export interface Given extends Ground {
  readonly jobs: Jobs;
  readonly setup: SetupKind;
  /** Who may train. */
  readonly access: Access;
}

export function workerRoutes({ home, tools, jobs, setup, access }: Given): readonly Route[] {
  // It is many thousand files, which nobody but us changes.
  let counted: number | undefined;
  const state = async (): Promise<api.Worker> => {
    const { id: who, role } = whoAsks();
    const [job] = jobs.underWay(setup);
    const running = job && (await jobs.one(job.owner, job.id));
    const { state: found, ready } = await stateOf(home);
    if (running || found === "partial") counted = undefined;
    if (!running) counted ??= await bytesOf(folderOf(home));
    const bytes = counted ?? running?.done ?? 0;
    const ended = (await jobs.list(who)).find(({ kind }) => kind === setup.name);
    const failed = ended?.state === "failed" && found !== "ready";
    const begun = found === "partial" && bytes === 0 ? "absent" : found;
    return {
      state: running ? "fetching" : begun,
      ...{ fetches: FETCHED_BYTES, takes: UNPACKED_BYTES, bytes },
      free: role === "administrator" ? await tools.freeBytes(home) : null,
      ...{ done: running?.done ?? 0, total: running?.total ?? NEEDED_BYTES },
      has: ready && {
        ...{ torch: ready.versions.torch ?? "?", python: ready.python },
        device: ready.cuda ? ready.device : "cpu",
      },
      error: failed && ended.error ? { ...ended.error } : null,
    };
  };
  const stop = async () => {
    for (const { owner, id } of jobs.underWay(setup)) await jobs.cancel(owner, id);
  };
  const path = "/api/training/worker";
  const reply = api.worker;
  return [
    route({
      ...{ method: "get", path, access, reply, handle: state },
      summary: "Tells whether the training worker is set up, and what that takes.",
    }),
    route({
      ...{ method: "post", path, access: "administrator", reply },
      summary: "Sets the training worker up, or goes on with it.",
      async handle() {
        counted = undefined;
        if ((await stateOf(home)).state !== "ready") await jobs.begin(setup, whoAsks().id, {});
        return state();
      },
    }),
    route({
      ...{ method: "post", path: `${path}/cancel`, access: "administrator", reply },
      summary: "Stops the set-up; what was downloaded is kept.",
      async handle() {
        await stop();
        return state();
      },
    }),
    route({
      ...{ method: "delete", path, access: "administrator", reply },
      summary: "Takes the training worker away, with all that was downloaded.",
      async handle() {
        await stop();
        await remove(home);
        counted = undefined;
        return state();
      },
    }),
  ];
}
