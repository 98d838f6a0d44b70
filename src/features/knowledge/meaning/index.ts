/** Meaning, put together: the model, its jobs, and the vector of a question. */
import { whoAsks } from "../../../core/access.ts";
import type { House } from "../../../core/feature.ts";
import { type Route, route } from "../../../core/route.ts";
import * as api from "../api.ts";
import type { OpenIndexes } from "../finding/opened.ts";
import type { Embed } from "../finding/search.ts";
import type { Files } from "../store.ts";
import { fetchKind, vectorsKind, withoutVectors } from "./jobs.ts";
import { MeaningModel, type Offered } from "./model.ts";
import type { MakeTools } from "./tools.ts";

export interface MeaningOptions {
  readonly files: Files;
  readonly indexes: OpenIndexes;
  readonly tools: MakeTools;
  readonly offered: Offered;
  readonly house: Pick<House, "jobs" | "log" | "settings">;
}

export function meaningOf({ files, indexes, tools, offered, house }: MeaningOptions) {
  const { jobs, log, settings } = house;
  const model = new MeaningModel(settings.home, tools, log, offered);
  const vectors = vectorsKind({ files, indexes, model });
  const follow = async (owner: string) => {
    if ((await model.state()) !== "ready") return;
    const missing = await withoutVectors(files, owner, offered.digest);
    if (missing.length > 0) await jobs.begin(vectors, owner, { owner });
  };
  const fetching = fetchKind(model, async () => {
    for (const owner of await files.owners()) await follow(owner);
  });
  const state = async (): Promise<api.Meaning> => {
    const [job] = jobs.underWay(fetching);
    const found = job && (await jobs.one(job.owner, job.id));
    return {
      ...{ name: offered.name, licence: offered.licence, bytes: offered.bytes },
      state: job ? "fetching" : await model.state(),
      ...{ done: found?.done ?? 0, total: found?.total ?? null },
    };
  };
  const embed: Embed = async (question, signal) => {
    try {
      const [vector] = (await model.embed("query", [question], signal)) ?? [];
      return vector && Float32Array.from(vector);
    } catch (thrown) {
      // The words find as well, only less.
      if (!signal.aborted) log("a question has no vector", thrown);
      return undefined;
    }
  };
  const path = "/api/files/meaning";
  const routes: readonly Route[] = [
    route({
      ...{ method: "get", path, reply: api.meaning, handle: state },
      summary: "Tells whether passages are found by their meaning, and what that takes.",
    }),
    route({
      ...{ method: "post", path, access: "administrator", reply: api.meaning },
      summary: "Downloads the model that finds passages by their meaning.",
      async handle() {
        if ((await model.state()) !== "ready") await jobs.begin(fetching, whoAsks().id, {});
        return state();
      },
    }),
    route({
      ...{ method: "delete", path, access: "administrator", reply: api.meaning },
      summary: "Ends its download, or deletes it.",
      async handle() {
        for (const { owner, id } of jobs.underWay(fetching)) await jobs.cancel(owner, id);
        await model.remove();
        return state();
      },
    }),
  ];
  /** Makes the vectors of a file that can be searched from now on. */
  const added = (owner: string) =>
    void follow(owner).catch((thrown) => log("a file is found by its words alone", thrown));
  return { model, routes, embed, added, jobs: [fetching, vectors] };
}
