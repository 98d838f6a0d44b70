/**
 * Shows long work to people: what runs, what waits, what has ended, with its log, to cancel and take
 * up again. The work itself is the house's and goes on without this feature.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Asker, whoAsks } from "../../core/access.ts";
import { openable } from "../../core/feature.ts";
import type { Job, Jobs } from "../../core/jobs.ts";
import { type Route, route } from "../../core/route.ts";
import { eventStream } from "../../core/sse.ts";
import { actReply, type JobReply, type JobsReply, jobReply, jobsReply } from "./api.ts";

/** Progress is shown at most this often, in milliseconds. */
const EVENT_MS = 250;

export const jobs = openable({
  name: "jobs",
  open({ jobs }) {
    const stopping = new AbortController();
    return { routes: routesOf(jobs, stopping.signal), stop: () => stopping.abort() };
  },
});

function routesOf(jobs: Jobs, stopping: AbortSignal): readonly Route[] {
  const until = (signal: AbortSignal) => AbortSignal.any([signal, stopping]);
  const id = (params: Readonly<Record<string, string>>) => params.id ?? "";
  const one = async (owner: string, job: string): Promise<JobReply> => {
    const { log, ...rest } = await jobs.one(owner, job);
    return { ...toItem(rest, owner), log: [...log] };
  };
  return [
    route({
      method: "get",
      path: "/api/jobs",
      summary:
        "Lists one's own jobs, newest first; for administrators also that others' are there.",
      reply: jobsReply,
      handle: () => listFor(jobs, whoAsks()),
    }),
    route({
      method: "get",
      path: "/api/jobs/events",
      summary: "Sends the same list as server-sent events, at once and after every change.",
      gives: ["text/event-stream"],
      reply: jobsReply,
      handle({ signal, log }) {
        const asker = whoAsks();
        return eventStream(
          changes(jobs, until(signal), () => listFor(jobs, asker)),
          log,
        );
      },
    }),
    route({
      method: "get",
      path: "/api/jobs/:id",
      summary: "Gives one's own job with its log.",
      reply: jobReply,
      handle: ({ params }) => one(whoAsks().id, id(params)),
    }),
    route({
      method: "get",
      path: "/api/jobs/:id/events",
      summary: "Sends one's own job with its log as server-sent events until it has ended.",
      gives: ["text/event-stream"],
      reply: jobReply,
      async handle({ params, signal, log }) {
        const owner = whoAsks().id;
        await one(owner, id(params));
        const ended = ({ endedAt }: JobReply) => endedAt !== null;
        return eventStream(
          changes(jobs, until(signal), () => one(owner, id(params)), ended),
          log,
        );
      },
    }),
    route({
      method: "post",
      path: "/api/jobs/:id/cancel",
      summary: "Ends a job; one that has ended stays as it is.",
      reply: actReply,
      async handle({ params }) {
        const owner = whoAsks().id;
        return toItem(await jobs.cancel(owner, id(params)), owner);
      },
    }),
    route({
      method: "post",
      path: "/api/jobs/:id/resume",
      summary: "Goes on with a job that has failed or was cancelled.",
      reply: actReply,
      async handle({ params }) {
        const owner = whoAsks().id;
        return toItem(await jobs.resume(owner, id(params)), owner);
      },
    }),
    route({
      method: "delete",
      path: "/api/jobs/:id",
      summary: "Forgets a job, and ends it before if it has not ended.",
      handle: ({ params }) => jobs.remove(whoAsks().id, id(params)),
    }),
  ];
}

async function listFor(jobs: Jobs, { id, role }: Asker): Promise<JobsReply> {
  const all = [
    ...(await jobs.list(id)),
    ...(role === "administrator" ? await jobs.others(id) : []),
  ];
  return { items: all.map((job) => toItem(job, id)) };
}

/** To whom else it belongs is nobody's business. */
const toItem = ({ owner, error, label, ...job }: Job, asker: string) => ({
  ...job,
  own: owner === asker,
  label: { ...label },
  error: error && { ...error },
});

async function* changes<Value>(
  jobs: Jobs,
  signal: AbortSignal,
  read: () => Promise<Value>,
  last: (value: Value) => boolean = () => false,
): AsyncGenerator<Value> {
  while (!signal.aborted) {
    const change = jobs.change(signal);
    const value = await read();
    yield value;
    if (last(value)) return;
    await change;
    await sleep(EVENT_MS, undefined, { signal }).catch(() => {});
  }
}
