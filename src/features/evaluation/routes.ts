/** Evaluations over HTTP, each for its owner: to begin, to look at, to go on with, to delete. */
import { whoAsks } from "../../core/access.ts";
import type { Intake } from "../../core/intake.ts";
import type { JobKind, Jobs } from "../../core/jobs.ts";
import { type Route, route } from "../../core/route.ts";
import { begunReply, type NewRun, newRun, runReply, runsReply } from "./api.ts";
import { askOf, type Begun, biasOf, perplexityOf, wishOf } from "./begin.ts";
import type { EvaluationInput } from "./job.ts";
import type { Plan } from "./plan.ts";
import { reportOf } from "./report.ts";
import type { Run, RunStore } from "./store.ts";

interface Given {
  readonly store: RunStore;
  readonly jobs: Jobs;
  readonly job: JobKind<EvaluationInput>;
  readonly intake: Intake;
  readonly version: string;
}

export function routesOf({ store, jobs, job, intake, version }: Given): readonly Route[] {
  const id = (params: Readonly<Record<string, string>>) => params.id ?? "";
  const begin = async (run: Run) => {
    const begun = await jobs.begin(job, run.owner, { run: run.id, title: run.plan.source.name });
    return { id: run.id, job: begun.id };
  };
  const shown = ({ owner: _owner, error, ...run }: Run) => ({
    ...run,
    error: error && { ...error },
  });
  return [
    route({
      method: "get",
      path: "/api/evaluations",
      summary: "Lists one's own evaluations, newest first.",
      reply: runsReply,
      async handle() {
        return { items: (await store.list(whoAsks().id)).map(shown) };
      },
    }),
    route({
      method: "post",
      path: "/api/evaluations",
      summary: "Begins an evaluation as a job.",
      body: newRun,
      reply: begunReply,
      async handle({ body }) {
        const owner = whoAsks().id;
        const { plan, content } = await planOf(body, version, (text) =>
          intake({ text, kind: "import", owner }),
        );
        return begin(await store.add(owner, plan, content));
      },
    }),
    route({
      method: "get",
      path: "/api/evaluations/:id",
      summary: "Gives one's own evaluation with what it has found so far.",
      reply: runReply,
      async handle({ params }) {
        const run = await store.one(whoAsks().id, id(params));
        const { models, ...rest } = await reportOf(store, run);
        return {
          ...shown({ owner: run.owner, ...rest }),
          models: models.map((one) => ({ ...one })),
        };
      },
    }),
    route({
      method: "post",
      path: "/api/evaluations/:id/resume",
      summary: "Goes on with an evaluation that was cut or has failed.",
      reply: begunReply,
      handle: async ({ params }) => begin(await store.one(whoAsks().id, id(params))),
    }),
    route({
      method: "delete",
      path: "/api/evaluations/:id",
      summary: "Deletes an evaluation with all that it has found.",
      handle: async ({ params }) => store.remove(await store.one(whoAsks().id, id(params))),
    }),
  ];
}

/** @param allowed gives a text as it may be stored: what is measured, and named by its digest */
async function planOf(
  { models, ...body }: NewRun,
  version: string,
  allowed: (text: string) => Promise<string>,
): Promise<Begun<Plan>> {
  const wishes = models.map((one) => wishOf(one));
  if (body.kind === "perplexity") {
    const { text, ...how } = body;
    const content = await allowed(text.content);
    return perplexityOf({ ...how, name: text.name, content, models: wishes }, version);
  }
  if (body.kind === "bias") return biasOf({ ...body, models: wishes }, version);
  const { set, system, ...how } = body;
  const named = typeof set === "string" ? { set } : { set: set.name };
  const bytes = typeof set === "string" ? undefined : Buffer.from(await allowed(set.content));
  const before = system === undefined ? undefined : await allowed(system);
  return askOf({ ...how, ...named, bytes, system: before, models: wishes }, version);
}
