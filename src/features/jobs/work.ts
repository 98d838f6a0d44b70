/** The jobs as the command sees them: by the server that runs, or in what is stored while none does. */
import { SOLO } from "../../core/access.ts";
import type { Ground, RunningServer } from "../../core/feature.ts";
import type { Job, JobLine, Jobs } from "../../core/jobs.ts";
import type { JobReply, JobsReply } from "./api.ts";

/** Whose it is, a server does not tell: who asks it has all of them, or may not ask. */
export type Shown = Omit<Job, "owner">;

export interface Work {
  list(): Promise<readonly Shown[]>;
  /** @throws CharlaError `job_not_found`, as do those below */
  log(id: string): Promise<readonly JobLine[]>;
  act(id: string, act: "cancel" | "resume"): Promise<Shown>;
}

export const PATH = "/api/jobs";

export async function workOf({ running, atRest }: Pick<Ground, "running" | "atRest">) {
  const server = await running(PATH);
  return server ? beside(server) : stored(atRest);
}

function beside(server: RunningServer): Work {
  const path = (id: string, rest = "") => `${PATH}/${encodeURIComponent(id)}${rest}`;
  return {
    list: async () => (await server.ask<JobsReply>("GET", PATH)).items as readonly Shown[],
    log: async (id) => (await server.ask<JobReply>("GET", path(id))).log,
    act: (id, act) => server.ask<Shown>("POST", path(id, `/${act}`)),
  };
}

/** Whoever has the folder has all jobs in it. */
const stored = (atRest: Ground["atRest"]): Work => ({
  list: () => atRest(({ jobs }) => everybodys(jobs)),
  log: (id) => atRest(async ({ jobs }) => (await jobs.one(await ownerOf(jobs, id), id)).log),
  act: (id, act) => atRest(async ({ jobs }) => jobs[act](await ownerOf(jobs, id), id)),
});

const everybodys = async (jobs: Jobs) => [
  ...(await jobs.list(SOLO.id)),
  ...(await jobs.others(SOLO.id)),
];

/** Of nobody's, so that it is not found, where there is no such job. */
async function ownerOf(jobs: Jobs, id: string): Promise<string> {
  return (await everybodys(jobs)).find((one) => one.id === id)?.owner ?? SOLO.id;
}
