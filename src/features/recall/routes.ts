/** Summaries over HTTP: to read, edit and delete; and models to be tried. */
import * as z from "zod";
import { whoAsks } from "../../core/access.ts";
import type { House } from "../../core/feature.ts";
import type { JobKind } from "../../core/jobs.ts";
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { checkModel } from "./check.ts";
import type { Kept, SummaryStore } from "./store.ts";

const input = z.strictObject({ model: z.string() });
export type CheckKind = JobKind<z.output<typeof input>>;

/** The trial of a model: it waits for those who chat. */
export const checkKind = (
  store: SummaryStore,
  { run, engines }: Pick<House, "run" | "engines">,
): CheckKind => ({
  ...{ name: "recall.check", lane: "compute", unit: "items", input },
  label: { en: "Trial of a model's summaries", es: "Prueba de los resúmenes de un modelo" },
  title: ({ model }) => model,
  same: ({ model }) => model,
  async run({ input: { model }, signal, progress, turn }) {
    const over = new AbortController();
    try {
      const { card } = await engines.get(model, AbortSignal.any([signal, over.signal]));
      const { kept, of } = await checkModel(run, model, { signal, progress, turn });
      await store.noteCheck(card.digest ?? card.id, { name: card.name, kept, of });
    } finally {
      over.abort();
    }
  },
});

interface Given {
  readonly store: SummaryStore;
  readonly kind: CheckKind;
  readonly house: Pick<House, "jobs" | "intake">;
}

const shown = ({ answers, ...rest }: Kept & { readonly id: string }) => ({
  ...{ ...rest, of: answers.length },
});

export const routesOf = ({ store, kind, house }: Given): readonly Route[] => [
  route({
    method: "get",
    path: "/api/recall/models",
    summary: "Tells which models were tried, and which may summarise what leaves the window.",
    reply: api.checkedModels,
    handle: async () => ({ items: (await store.checked()).map(({ model: _, ...one }) => one) }),
  }),
  route({
    method: "post",
    path: "/api/recall/models",
    access: "administrator",
    summary: "Tries how well a model summarises, as a job.",
    body: api.checkBody,
    reply: api.checkReply,
    async handle({ body }) {
      return { job: (await house.jobs.begin(kind, whoAsks().id, body)).id };
    },
  }),
  route({
    method: "get",
    path: "/api/recall/:id",
    summary: "Lists the summaries of a chat's answers that have left the window, oldest first.",
    generated: true,
    reply: api.summaries,
    async handle({ params: { id = "" } }) {
      const all = await store.of(whoAsks().id, id);
      return { items: all.filter(({ text }) => text !== "").map(shown) };
    },
  }),
  route({
    method: "patch",
    path: "/api/recall/:id/:summary",
    summary: "Edits a summary.",
    body: api.summaryBody,
    reply: api.summaryReply,
    async handle({ params: { id = "", summary = "" }, body }) {
      const owner = whoAsks().id;
      const text = await house.intake({
        owner,
        kind: "message",
        conversation: id,
        text: body.text,
      });
      return shown(await store.write(owner, id, summary, text));
    },
  }),
  route({
    method: "delete",
    path: "/api/recall/:id/:summary",
    summary: "Deletes a summary, which is not made again.",
    async handle({ params: { id = "", summary = "" } }) {
      await store.write(whoAsks().id, id, summary, "");
    },
  }),
];
