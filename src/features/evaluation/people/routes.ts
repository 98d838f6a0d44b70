/** Studies over HTTP: to begin one, to rate blind, to see what came of it; and thumbs in chats. */
import { whoAsks } from "../../../core/access.ts";
import type { Intake } from "../../../core/intake.ts";
import type { JobKind, Jobs } from "../../../core/jobs.ts";
import { type Route, route } from "../../../core/route.ts";
import { MAX_BODY } from "../api.ts";
import type { AnsweringInput } from "./answering.ts";
import {
  erasedReply,
  exportReply,
  newStudy,
  nextBody,
  nextReply,
  ratedReply,
  ratingBody,
  ratingsQuery,
  resultsReply,
  studiesReply,
  studyReply,
  thumbBody,
  thumbsQuery,
  thumbsReply,
} from "./api.ts";
import { questionsOf } from "./begin.ts";
import { next, rate } from "./rate.ts";
import { exported, told } from "./report.ts";
import type { Study, StudyStore } from "./store.ts";
import type { ThumbStore } from "./thumbs.ts";

interface Given {
  readonly store: StudyStore;
  readonly thumbs: ThumbStore;
  readonly jobs: Jobs;
  readonly job: JobKind<AnsweringInput>;
  readonly intake: Intake;
}

export function peopleRoutes({ store, thumbs, jobs, job, intake }: Given): readonly Route[] {
  const idOf = (params: Readonly<Record<string, string>>) => params.id ?? "";
  const summaryOf = (study: Study, answered: number) => ({
    ...{ id: study.id, name: study.name, kind: study.kind, open: study.open },
    own: study.owner === whoAsks().id,
    questions: study.questions.length,
    systems: study.systems.length,
    ...{ answered, createdAt: study.createdAt },
  });
  return [
    route({
      method: "get",
      path: "/api/studies",
      summary: "Lists one's own studies, and those that everybody here may rate.",
      reply: studiesReply,
      async handle() {
        const studies = await store.list(whoAsks().id);
        const counts = await store.countAnswers(studies.map(({ id }) => id));
        return { items: studies.map((one) => summaryOf(one, counts.get(one.id) ?? 0)) };
      },
    }),
    route({
      method: "post",
      path: "/api/studies",
      summary: "Begins a study; the models answer its questions in a job.",
      maxBytes: MAX_BODY,
      body: newStudy,
      reply: studyReply,
      async handle({ body: { set, lang, count, open, ...body } }) {
        const owner = whoAsks().id;
        const clean = (text: string, kind: "system" | "title") => intake({ text, kind, owner });
        const systems = await Promise.all(
          body.systems.map(async ({ label, prompt, ...rest }) => ({
            ...rest,
            label: await clean(label, "title"),
            ...(prompt ? { prompt: await clean(prompt, "system") } : {}),
          })),
        );
        const questions = await questionsOf(set, { lang, count, seed: body.seed }, (text) =>
          intake({ text, kind: "import", owner }),
        );
        const name = await clean(body.name, "title");
        const study = await store.add(owner, { ...body, name, systems, questions }, open);
        await jobs.begin(job, owner, { study: study.id, title: study.name });
        return summaryOf(study, 0);
      },
    }),
    route({
      method: "delete",
      path: "/api/studies/:id",
      summary: "Deletes one's own study, with all that people have said in it.",
      handle: async ({ params }) => store.remove(whoAsks().id, idOf(params)),
    }),
    route({
      method: "post",
      path: "/api/studies/:id/next",
      summary: "Gives a rater the next answers, without saying whose they are.",
      body: nextBody,
      reply: nextReply,
      async handle({ params, body: { rater } }) {
        const { id } = whoAsks();
        return next(store, await store.one(id, idOf(params)), id, rater);
      },
    }),
    route({
      method: "post",
      path: "/api/ratings/:id",
      summary: "Rates what one was shown, and then says whose it was.",
      body: ratingBody,
      reply: ratedReply,
      handle: async ({ params, body }) => rate(store, whoAsks().id, idOf(params), body),
    }),
    route({
      method: "delete",
      path: "/api/ratings",
      summary: "Deletes all that was rated under a name with one's own account, in any study.",
      query: ratingsQuery,
      reply: erasedReply,
      handle: async ({ query }) => ({
        count: await store.eraseRater(whoAsks().id, query.rater),
      }),
    }),
    route({
      method: "get",
      path: "/api/studies/:id/results",
      summary: "Gives what raters have said about one's own study, with how sure it is.",
      reply: resultsReply,
      handle: async ({ params }) => told(store, whoAsks().id, idOf(params)),
    }),
    route({
      method: "get",
      path: "/api/studies/:id/export",
      summary: "Gives every rating of one's own study, with raters by number.",
      reply: exportReply,
      handle: async ({ params }) => exported(store, whoAsks().id, idOf(params)),
    }),
    route({
      method: "get",
      path: "/api/thumbs",
      summary: "Gives one's thumbs in a chat.",
      query: thumbsQuery,
      reply: thumbsReply,
      handle: async ({ query }) => ({
        items: await thumbs.list(whoAsks().id, query.conversation),
      }),
    }),
    route({
      method: "put",
      path: "/api/thumbs/:message",
      summary: "Says that an answer was good or bad, or takes that back.",
      body: thumbBody,
      async handle({ params, body: { conversation, thumb } }) {
        await thumbs.set(whoAsks().id, conversation, params.message ?? "", thumb);
      },
    }),
  ];
}
