/** Training over HTTP, each run for its owner: to look at data, to begin, stop, go on with and delete. */
import { type Access, whoAsks } from "../../core/access.ts";
import type { Intake } from "../../core/intake.ts";
import type { Jobs } from "../../core/jobs.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { begin, look, type Wish } from "./begin.ts";
import { rowOf } from "./data/preferences.ts";
import { notSetUp } from "./errors.ts";
import type { MergeKind, TrainKind } from "./jobs.ts";
import { mergedOf, mergePlan, typeOf } from "./merge.ts";
import { type Asking, accountOf } from "./report.ts";
import { accountTold } from "./report-told.ts";
import { removeRun } from "./rights.ts";
import { chatsOf } from "./sealing.ts";
import type { Run } from "./store.ts";
import { testSetOf } from "./test-set.ts";
import { lookToldIn, tableTold, verdictTold } from "./told.ts";
import { stateOf } from "./worker/setup.ts";

export interface Given extends Asking {
  readonly jobs: Jobs;
  readonly job: TrainKind;
  readonly merging: MergeKind;
  readonly intake: Intake;
  readonly version: string;
  /** Who may train. */
  readonly access: Access;
}

export function routesOf(given: Given): readonly Route[] {
  const { store, jobs, job, merging, intake, version, access, home, tools } = given;
  const one = ({ id = "" }: Readonly<Record<string, string>>) => store.one(whoAsks().id, id);
  const start = async (run: Run) => {
    try {
      const input = { run: run.id, title: run.plan.name };
      return { id: run.id, job: (await jobs.begin(job, run.owner, input)).id };
    } catch (thrown) {
      // Nobody would ever come to it.
      await store.mark(run, "cut");
      throw thrown;
    }
  };
  const fresh = async (wish: Wish) => {
    if ((await stateOf(home)).state !== "ready") throw notSetUp();
    const place = { owner: whoAsks().id, intake };
    return start(await begin(store, wish, place, tools, version));
  };
  const mergings = ({ id, owner }: Run) =>
    jobs.underWay(merging).filter((each) => each.owner === owner && each.input.run === id);
  const stop = async (run: Run) => {
    const { id, owner } = run;
    const own = jobs.underWay(job).filter((each) => each.owner === owner && each.input.run === id);
    for (const each of [...own, ...mergings(run)]) await jobs.cancel(owner, each.id);
  };
  const wishOf = ({ files, ...rest }: Pick<api.NewRun, "files"> & Omit<Wish, "files">): Wish => ({
    ...rest,
    files: files.map(({ name, content }) => ({ name, text: content })),
  });
  const path = "/api/training";
  return [
    route({
      ...{ method: "get", path, access, reply: api.runsReply },
      summary: "Lists one's own training runs, newest first.",
      handle: async () => ({ items: (await store.list(whoAsks().id)).map(shown) }),
    }),
    route({
      ...{ method: "post", path: `${path}/look`, access, maxBytes: api.MAX_BODY },
      summary: "Says what would be learned from files of chats, and trains nothing.",
      body: api.lookBody,
      reply: api.lookReply,
      async handle({ body: { language, ...wish } }) {
        const place = { owner: whoAsks().id, intake };
        const { look: seen } = await look(wishOf(wish), place);
        const { facts, warnings } = lookToldIn(seen, language);
        return { look: seen, facts: [...facts], warnings: [...warnings] };
      },
    }),
    route({
      ...{ method: "post", path, access, stores: true, maxBytes: api.MAX_BODY },
      summary: "Begins to train as a job.",
      body: api.newRun,
      reply: api.begunReply,
      handle: ({ body }) => fresh(wishOf(body)),
    }),
    route({
      ...{ method: "get", path: `${path}/:id`, access, query: api.runQuery, reply: api.runReply },
      summary: "Gives one's own training run, with its verdict in words.",
      async handle({ params, query: { language } }) {
        const run = await one(params);
        const { facts, warnings } = lookToldIn(run.plan.look, language);
        const table = run.result && tableTold(run.result, language);
        return {
          ...shown(run),
          learned: [...facts, ...warnings],
          verdict: [...verdictTold(run, language)],
          table: table && { head: [...table.head], rows: table.rows.map((row) => [...row]) },
          merged: (await mergedOf(given, run)).map(({ path: _path, ...one }) => one),
          merging: mergings(run)[0]?.id ?? null,
        };
      },
    }),
    route({
      ...{ method: "get", path: `${path}/:id/points`, access, query: api.pointsQuery },
      summary: "Gives the curves of one's own training run behind a step.",
      reply: api.pointsReply,
      handle: async ({ params, query: { after } }) => ({
        points: [...(await store.points(await one(params), after))],
      }),
    }),
    route({
      ...{ method: "get", path: `${path}/:id/test`, access },
      summary: "Gives the test set of a run as JSON lines, for an evaluation.",
      async handle({ params }) {
        const text = testSetOf(await store.data(await one(params)));
        return new Response(text, { headers: { "content-type": "application/x-ndjson" } });
      },
    }),
    route({
      ...{ method: "get", path: `${path}/:id/report`, access, query: api.reportQuery },
      summary: "Gives the file on a training run: data, ground, settings, verdict, bias.",
      async handle({ params, query: { format, language } }) {
        const account = await accountOf(given, await one(params), language);
        if (format === "json") return Response.json(account);
        const headers = { "content-type": "text/markdown; charset=utf-8" };
        return new Response(accountTold(account, language), { headers });
      },
    }),
    route({
      ...{ method: "post", path: `${path}/:id/cancel`, access },
      summary: "Stops a training run at its next row; what was learned is kept.",
      async handle({ params }) {
        const run = await one(params);
        await stop(run);
        // One that never began was not told that it was cut.
        const now = await one(params);
        if (now.state === "waiting") await store.mark(now, "cut");
      },
    }),
    route({
      ...{ method: "post", path: `${path}/:id/resume`, access, reply: api.begunReply },
      summary: "Goes on with a training run that was stopped or has failed.",
      async handle({ params }) {
        const run = await one(params);
        if ((await stateOf(home)).state !== "ready") throw notSetUp();
        // Before its turn has come it waits, and is neither cut nor failed any more.
        if (run.state === "cut" || run.state === "failed") await store.mark(run, "waiting");
        return start(run);
      },
    }),
    route({
      ...{ method: "post", path: `${path}/:id/again`, access, stores: true, reply: api.begunReply },
      summary: "Trains once more by the same settings, without the chats that are gone since.",
      async handle({ params }) {
        const run = await one(params);
        const { name, model, settings, whose, look: seen } = run.plan;
        const rows = chatsOf(await store.data(run)).map((one) =>
          JSON.stringify(rowOf(one, seen.teachers)),
        );
        const files = [{ name: `${name}.jsonl`, text: rows.join("\n") }];
        return fresh({ files, name, model, settings, whose, unmasked: seen.masked === null });
      },
    }),
    route({
      ...{ method: "post", path: `${path}/:id/merge`, access: "administrator" },
      summary: "Begins to make one file of the base and the adapter, as a job.",
      body: api.mergeBody,
      reply: api.begunReply,
      async handle({ params, body }) {
        const run = await one(params);
        const type = typeOf(body.type);
        await mergePlan(given, run, type);
        const input = { run: run.id, title: run.plan.name, type };
        return { id: run.id, job: (await jobs.begin(merging, run.owner, input)).id };
      },
    }),
    route({
      ...{ method: "delete", path: `${path}/:id`, access },
      summary: "Deletes a training run with its chats, its curves, its adapter and merged files.",
      async handle({ params }) {
        await stop(await one(params));
        await removeRun(store, given, await one(params));
      },
    }),
  ];
}

function shown({ owner: _owner, error, ...run }: Run) {
  return { ...run, error: error && { ...error } };
}
