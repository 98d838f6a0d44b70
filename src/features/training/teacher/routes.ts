/** Texts that a teacher writes, over HTTP, each set for its owner. */
import { type Access, whoAsks } from "../../../core/access.ts";
import type { Intake } from "../../../core/intake.ts";
import type { Jobs } from "../../../core/jobs.ts";
import { type Route, route } from "../../../core/route.ts";
import { begunReply, MAX_BODY } from "../api.ts";
import { wrongValue } from "../errors.ts";
import type { WriteKind } from "../jobs.ts";
import * as api from "./api.ts";
import { beginWriting } from "./begin.ts";
import { tallyOf } from "./plan.ts";
import { fileOf } from "./rows.ts";
import type { Written, WrittenStore } from "./store.ts";

export interface Given {
  readonly store: WrittenStore;
  readonly jobs: Jobs;
  readonly job: WriteKind;
  readonly intake: Intake;
  readonly version: string;
  /** Who may train. */
  readonly access: Access;
}

export function teacherRoutes(given: Given): readonly Route[] {
  const { store, jobs, job, intake, version, access } = given;
  const one = ({ id = "" }: Readonly<Record<string, string>>) => store.one(whoAsks().id, id);
  const start = async (set: Written) => {
    try {
      const input = { written: set.id, title: set.plan.name };
      return { id: set.id, job: (await jobs.begin(job, set.owner, input)).id };
    } catch (thrown) {
      // Nobody would ever come to it.
      await store.mark(set, "cut");
      throw thrown;
    }
  };
  const goOn = async (set: Written) => {
    if (set.state === "cut" || set.state === "failed") await store.mark(set, "waiting");
    return start(set);
  };
  const stop = async ({ owner, id }: Written) => {
    const own = jobs.underWay(job).filter((each) => each.owner === owner);
    for (const each of own) if (each.input.written === id) await jobs.cancel(owner, each.id);
  };
  const shown = (set: Written): api.WrittenTexts => {
    const { id, state, createdAt, error, plan, questions, answers, faults } = set;
    const { name, teacher, synthetic } = plan;
    return {
      ...{ id, state, createdAt, name, teacher, synthetic, questions, answers, faults },
      error: error && { ...error },
    };
  };
  const path = "/api/training/written";
  return [
    route({
      ...{ method: "get", path, access, reply: api.writtenReply },
      summary: "Lists texts that a teacher writes for oneself, newest first.",
      handle: async () => ({ items: (await store.list(whoAsks().id)).map(shown) }),
    }),
    route({
      ...{ method: "post", path, access, stores: true, maxBytes: MAX_BODY },
      summary: "Has a teacher answer questions, or make up chats from a description, as a job.",
      body: api.newWritten,
      reply: begunReply,
      async handle({ body: { files, ...wish } }) {
        if (Boolean(files) === Boolean(wish.synthetic))
          throw wrongValue("files", "", "files | synthetic");
        const set = await beginWriting(
          store,
          { ...wish, files: files?.map(({ name, content }) => ({ name, text: content })) },
          { owner: whoAsks().id, intake, version },
        );
        return goOn(set);
      },
    }),
    route({
      ...{ method: "get", path: `${path}/:id`, access, reply: api.writtenOne },
      summary: "Gives how far the texts of a teacher are.",
      async handle({ params }) {
        const set = await one(params);
        return { ...shown(set), tally: tallyOf(await store.items(set)) };
      },
    }),
    route({
      ...{ method: "get", path: `${path}/:id/rows`, access },
      summary: "Gives what a teacher has written as JSON lines, to learn from.",
      async handle({ params }) {
        const set = await one(params);
        const text = fileOf(set.plan, await store.items(set));
        return new Response(text, { headers: { "content-type": "application/x-ndjson" } });
      },
    }),
    route({
      ...{ method: "post", path: `${path}/:id/cancel`, access },
      summary: "Stops a teacher at its next text; what was written is kept.",
      async handle({ params }) {
        await stop(await one(params));
        // One that never began was not told that it was cut.
        const now = await one(params);
        if (now.state === "waiting") await store.mark(now, "cut");
      },
    }),
    route({
      ...{ method: "post", path: `${path}/:id/resume`, access, reply: begunReply },
      summary: "Lets a teacher go on that was stopped or has failed.",
      handle: async ({ params }) => goOn(await one(params)),
    }),
    route({
      ...{ method: "delete", path: `${path}/:id`, access },
      summary: "Deletes what a teacher has written.",
      async handle({ params }) {
        await stop(await one(params));
        await store.remove(await one(params));
      },
    }),
  ];
}
