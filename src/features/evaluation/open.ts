/** Evaluation in a house: its tables, its jobs, what it stores of people, and its routes. */
import { openable } from "../../core/feature.ts";
import { biasFindings } from "./findings.ts";
import { evaluationJob } from "./job.ts";
import { openPeople } from "./people/open.ts";
import { peopleMigrations } from "./people/tables.ts";
import { rightsOf, together } from "./rights.ts";
import { routesOf } from "./routes.ts";
import { RunStore } from "./store.ts";
import { migrations } from "./tables.ts";
import type { Tools } from "./tools.ts";

/** @param tools of the engine that has the files */
export const evaluation = (
  tools: (log: (line: string, error?: unknown) => void) => Promise<Tools>,
) =>
  openable({
    name: "evaluation",
    migrations: { ...migrations, ...peopleMigrations },
    open(house) {
      const { db, vault, engines, jobs, intake, log } = house;
      const { measures } = house.others;
      const { version } = house.settings;
      const people = openPeople(house);
      const store = new RunStore(db, vault);
      // The engine's part is not loaded before something is measured.
      const later = () => tools(log);
      const job = evaluationJob(store, {
        tools: {
          inspect: async (path) => (await later()).inspect(path),
          quantise: async (wish) => (await later()).quantise(wish),
          freeBytes: async (folder) => (await later()).freeBytes(folder),
          find: async (id) => (await later()).find(id),
          openAlone: async (path, options) => (await later()).openAlone(path, options),
        },
        ...{ engines, alone: false, measures },
      });
      return {
        jobs: [job, people.job],
        rights: together([rightsOf(store), people.rights]),
        routes: [...routesOf({ store, jobs, job, intake, version, measures }), ...people.routes],
        findings: (asked) => biasFindings(store, asked),
        forgetConversations: people.forgetConversations,
        start: () => store.settle(),
      };
    },
  });
