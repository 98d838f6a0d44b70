/** Evaluations over HTTP, each for its owner: to begin, to look at, to go on with, to delete. */
import { whoAsks } from "../../core/access.ts";
import type { Intake } from "../../core/intake.ts";
import type { JobKind, Jobs } from "../../core/jobs.ts";
import type { Measure } from "../../core/measure.ts";
import { type Route, route } from "../../core/route.ts";
import {
  begunReply,
  lengthsReply,
  MAX_BODY,
  measuresReply,
  type NewRun,
  newRun,
  runReply,
  runsReply,
  shownQuery,
  shownReply,
  tableFileQuery,
  tableQuery,
} from "./api.ts";
import {
  askOf,
  type Begun,
  biasOf,
  lengthOf,
  perplexityOf,
  robustOf,
  speedOf,
  wishOf,
} from "./begin.ts";
import { wrongValue } from "./errors.ts";
import type { EvaluationInput } from "./job.ts";
import { judgeOf, rubricOf } from "./judge/begin.ts";
import { measureOf } from "./measures/begin.ts";
import { saidBy } from "./pictures/frame.ts";
import { isAlike, picturesOf } from "./pictures/index.ts";
import type { Plan } from "./plan.ts";
import { type Report, reportOf } from "./report.ts";
import type { Run, RunStore } from "./store.ts";
import { written } from "./table/formats.ts";
import { tableOf } from "./table/rows.ts";
import { tableTold } from "./table/told.ts";
import { OWN_TEXTS, ownTexts } from "./texts/built-in.ts";
import type { Told } from "./told/format.ts";
import { toldIn } from "./told/index.ts";

interface Given {
  readonly store: RunStore;
  readonly jobs: Jobs;
  readonly job: JobKind<EvaluationInput>;
  readonly intake: Intake;
  readonly version: string;
  measures(): readonly Measure[];
}

export function routesOf({ store, jobs, job, intake, version, measures }: Given): readonly Route[] {
  const id = (params: Readonly<Record<string, string>>) => params.id ?? "";
  const begin = async (run: Run) => {
    const input = { run: run.id, title: run.plan.source.name };
    try {
      return { id: run.id, job: (await jobs.begin(job, run.owner, input)).id };
    } catch (thrown) {
      // Nobody would ever come to it.
      await store.mark(run, "cut");
      throw thrown;
    }
  };
  const shown = ({ owner: _owner, error, ...run }: Run) => ({
    ...run,
    error: error && { ...error },
  });
  const reportsOf = async (ids: string) => {
    const reports: Report[] = [];
    for (const one of new Set(ids.split(",")))
      reports.push(await reportOf(store, await store.one(whoAsks().id, one.trim())));
    return reports;
  };
  /** Runs on the same text by the same protocol, for the picture of what they were over time. */
  const historyOf = async (report: Report) => {
    if (report.plan.kind !== "perplexity") return [report];
    const runs = (await store.list(whoAsks().id)).filter(
      ({ id, plan, state }) => id !== report.id && state === "done" && isAlike(plan, report.plan),
    );
    const others: Report[] = [];
    for (const one of runs) others.push(await reportOf(store, one));
    return [...others, report].toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  };
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
      method: "get",
      path: "/api/evaluations/lengths",
      summary: "Tells up to which length models find again what stands in their window.",
      reply: lengthsReply,
      async handle() {
        const items = (await store.lengths()).map(({ measured_at: measuredAt, ...rest }) => ({
          ...{ ...rest, measuredAt },
        }));
        return { items };
      },
    }),
    route({
      method: "get",
      path: "/api/evaluations/measures",
      summary: "Lists what can be measured of this server itself, without a model.",
      reply: measuresReply,
      handle: async () => ({
        items: measures().map(({ name, title, about }) => ({ name, title, about })),
      }),
    }),
    route({
      method: "get",
      path: "/api/evaluations/table",
      summary: "Shows several of one's own evaluations as one table, with its pictures.",
      query: tableQuery,
      reply: shownReply,
      async handle({ query: { runs, language } }) {
        const reports = await reportsOf(runs);
        const table = tableOf(reports);
        return shownAs(tableTold(table, language), picturesOf(table, reports, language));
      },
    }),
    route({
      method: "get",
      path: "/api/evaluations/table/file",
      summary: "Gives the table of several evaluations as Markdown, CSV or JSON.",
      query: tableFileQuery,
      async handle({ query: { runs, language, format } }) {
        const text = written(tableOf(await reportsOf(runs)), format, language);
        return new Response(`${text}\n`, { headers: { "content-type": TYPES[format] } });
      },
    }),
    route({
      method: "post",
      path: "/api/evaluations",
      summary: "Begins an evaluation as a job.",
      maxBytes: MAX_BODY,
      body: newRun,
      reply: begunReply,
      async handle({ body }) {
        const owner = whoAsks().id;
        const { plan, content } =
          body.kind === "measure"
            ? await measureOf(measures(), body, version)
            : await planOf(body, store, owner, version, (text) =>
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
        const { models, measured, ...rest } = await reportOf(store, run);
        return {
          ...shown({ owner: run.owner, ...rest }),
          models: models.map((one) => ({ ...one })),
          ...(measured && { measured: [...measured] }),
        };
      },
    }),
    route({
      method: "get",
      path: "/api/evaluations/:id/shown",
      summary: "Shows what one's own evaluation has found so far, in tables, words and pictures.",
      query: shownQuery,
      reply: shownReply,
      async handle({ params, query: { language } }) {
        const report = await reportOf(store, await store.one(whoAsks().id, id(params)));
        const pictures = picturesOf(tableOf([report]), await historyOf(report), language);
        return shownAs(toldIn(report, language), pictures);
      },
    }),
    route({
      method: "post",
      path: "/api/evaluations/:id/cancel",
      summary: "Stops an evaluation; what was measured is kept.",
      async handle({ params }) {
        const { id: run, owner } = await store.one(whoAsks().id, id(params));
        const own = jobs
          .underWay(job)
          .filter((one) => one.owner === owner && one.input.run === run);
        for (const one of own) await jobs.cancel(owner, one.id);
        // One that never began was not told that it was cut.
        const now = await store.one(owner, run);
        if (now.state === "waiting") await store.mark(now, "cut");
      },
    }),
    route({
      method: "post",
      path: "/api/evaluations/:id/resume",
      summary: "Goes on with an evaluation that was cut or has failed.",
      reply: begunReply,
      async handle({ params }) {
        const run = await store.one(whoAsks().id, id(params));
        // Before its turn has come it waits, and is neither cut nor failed any more.
        if (run.state === "cut" || run.state === "failed") await store.mark(run, "waiting");
        return begin(run);
      },
    }),
    route({
      method: "delete",
      path: "/api/evaluations/:id",
      summary: "Deletes an evaluation with all that it has found.",
      handle: async ({ params }) => store.remove(await store.one(whoAsks().id, id(params))),
    }),
  ];
}

const TYPES = {
  md: "text/markdown; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  json: "application/json",
} as const;

const shownAs = ({ tables, notes }: Told, pictures: Readonly<Record<string, string>>) => ({
  tables: tables.map(({ head, rows }) => ({ head: [...head], rows: rows.map((row) => [...row]) })),
  notes: [...notes],
  pictures: Object.entries(pictures).map(([name, svg]) => ({ name, svg, ...saidBy(svg) })),
});

/** @param allowed gives a text as it may be stored: what is measured, and named by its digest */
async function planOf(
  { models, ...body }: Exclude<NewRun, { readonly kind: "measure" }>,
  store: RunStore,
  owner: string,
  version: string,
  allowed: (text: string) => Promise<string>,
): Promise<Begun<Plan>> {
  const wishes = models.map((one) => wishOf(one));
  if (body.kind === "bias") return biasOf({ ...body, models: wishes }, version);
  if (body.kind === "judge") {
    const { rubric, ...rest } = body;
    const own = typeof rubric === "string" ? rubric : await allowed(rubric.text);
    const wanted = { ...rest, judges: wishes, rubric: rubricOf(own) };
    return judgeOf({ store, owner }, wanted, version);
  }
  if (body.kind === "perplexity" || body.kind === "speed" || body.kind === "length") {
    const { text, ...how } = body;
    const read = { ...(await textOf(text, allowed)), models: wishes };
    if (how.kind === "length") return lengthOf({ ...how, ...read }, version);
    return how.kind === "speed"
      ? speedOf({ ...how, ...read }, version)
      : perplexityOf({ ...how, ...read }, version);
  }
  const { set, system, ...how } = body;
  const named = typeof set === "string" ? { set } : { set: set.name };
  const bytes = typeof set === "string" ? undefined : Buffer.from(await allowed(set.content));
  const before = system === undefined ? undefined : await allowed(system);
  const asked = { ...how, ...named, bytes, system: before, models: wishes };
  return how.kind === "robust" ? robustOf(asked, version) : askOf(asked, version);
}

/** @throws CharlaError `invalid_setting` for a name that is none */
async function textOf(
  text: string | { readonly name: string; readonly content: string },
  allowed: (text: string) => Promise<string>,
) {
  if (typeof text !== "string") return { name: text.name, content: await allowed(text.content) };
  if (text !== OWN_TEXTS) throw wrongValue("text", text, `${OWN_TEXTS}, FILE`);
  return { name: `${text}.jsonl`, content: ownTexts() };
}
