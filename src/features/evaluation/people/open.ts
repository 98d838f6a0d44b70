/** People's part of the evaluation, opened in a house beside the rest of it. */
import type { House } from "../../../core/feature.ts";
import { answeringJob } from "./answering.ts";
import { peopleRights } from "./rights.ts";
import { peopleRoutes } from "./routes.ts";
import { StudyStore } from "./store.ts";
import { ThumbStore } from "./thumbs.ts";

export function openPeople({ db, vault, run, jobs, intake }: House) {
  const [store, thumbs] = [new StudyStore(db, vault), new ThumbStore(db, vault)];
  const job = answeringJob(store, run);
  return {
    job,
    routes: peopleRoutes({ store, thumbs, jobs, job, intake }),
    rights: peopleRights(store, thumbs),
    forgetConversations: (ids: readonly string[]) => thumbs.forget(ids),
  };
}
