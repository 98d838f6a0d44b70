/** A download as a job: it goes on after a restart, and what has arrived is never fetched again. */
import * as z from "zod";
import type { JobKind, Jobs } from "../../core/jobs.ts";
import type { Model } from "./api.ts";
import type { Library } from "./library.ts";

const input = z.object({
  id: z.string(),
  /** Whether it is to answer once it is there. */
  use: z.boolean().optional(),
});
type Kind = JobKind<z.output<typeof input>>;

/** How the models go with the jobs that fetch them. */
export interface Downloads {
  readonly kind: Kind;
  /** Begins the download of a model, or joins the one that is under way. */
  begin(owner: string, id: string, use: boolean): Promise<void>;
  /** Ends it, whoever has begun it. */
  cancel(id: string): Promise<void>;
  /** A model as it stands, also while its download waits for others. */
  seen(model: Model): Model;
}

export function downloadsOf(library: Library, jobs: Jobs): Downloads {
  const kind: Kind = {
    ...{ name: "model.download", lane: "net", unit: "bytes", input },
    label: { en: "Download of a model", es: "Descarga de un modelo" },
    title: ({ id }) => id,
    // Who wants to use it has a job beside who only wants it there; the download is one.
    same: ({ id, use = false }) => `${id} ${use}`,
    async run({ input: { id, use }, signal, progress }) {
      signal.throwIfAborted();
      const stop = () => void library.cancel(id);
      signal.addEventListener("abort", stop, { once: true });
      const ended = new AbortController();
      try {
        const { done } = await library.pull(id);
        if (signal.aborted) stop();
        void done.catch(() => {}).finally(() => ended.abort());
        while (!ended.signal.aborted) {
          const change = library.change(ended.signal);
          const { received, fileBytes, state } = await library.model(id);
          if (state === "downloading") progress(received, fileBytes);
          await change;
        }
        await done;
        if (use) await library.use(id);
      } finally {
        ended.abort();
        signal.removeEventListener("abort", stop);
      }
    },
  };
  const of = (id: string) => jobs.underWay(kind).filter(({ input }) => input.id === id);
  return {
    kind,
    async begin(owner, id, use) {
      await library.mayPull(id);
      await jobs.begin(kind, owner, { id, use });
    },
    async cancel(id) {
      for (const job of of(id)) await jobs.cancel(job.owner, job.id);
    },
    seen(model) {
      const waits = model.state === "absent" || model.state === "partial";
      if (!waits || of(model.id).length === 0) return model;
      return { ...model, state: "downloading", error: null };
    },
  };
}
