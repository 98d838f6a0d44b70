/** Training in a house: its tables, its jobs, what it stores of people, and its routes. */
import { type House, openable } from "../../core/feature.ts";
import { mergeKind, setupKind, trainKind, writeKind } from "./jobs.ts";
import { type TrainingPolicy, trainingPolicy } from "./policy.ts";
import { rightsOf } from "./rights.ts";
import { routesOf } from "./routes.ts";
import { RunStore } from "./store.ts";
import { migrations } from "./tables.ts";
import { teacherRoutes } from "./teacher/routes.ts";
import { WrittenStore } from "./teacher/store.ts";
import type { MakeTools, Tools } from "./tools.ts";
import { workerRoutes } from "./worker/routes.ts";

/** @param tools of the engine that has the files */
export const training = (tools: MakeTools) =>
  openable({
    name: "training",
    policy: { section: "training", schema: trainingPolicy },
    migrations,
    open(house: House<TrainingPolicy>) {
      const { db, vault, engines, jobs, intake, log, policy, settings, others } = house;
      const { findings } = others;
      const { home, version, remote } = settings;
      const store = new RunStore(db, vault);
      const written = new WrittenStore(db, vault);
      // The engine's part is not loaded before something is trained.
      const later: Tools = {
        find: async (id) => (await tools(log, engines)).find(id),
        freeBytes: async (folder) => (await tools(log, engines)).freeBytes(folder),
        inspect: async (path) => (await tools(log, engines)).inspect(path),
        vocabulary: async (path) => (await tools(log, engines)).vocabulary(path),
        quantise: async (job) => (await tools(log, engines)).quantise(job),
        addLora: async (merging) => (await tools(log, engines)).addLora(merging),
        openAlone: async (path, options) => (await tools(log, engines)).openAlone(path, options),
      };
      const ground = { home, tools: later };
      const [setup, job] = [setupKind(ground), trainKind(store, ground)];
      const merging = mergeKind(store, ground);
      const writing = writeKind(written, { engines, tools: later });
      const everyone = policy.who === "everyone";
      const access = everyone ? "session" : "administrator";
      return {
        // Where another server has the models there is nothing to train.
        facts: { everyone, files: remote === undefined },
        jobs: [setup, job, merging, writing],
        routes: [
          ...workerRoutes({ ...ground, jobs, setup, access }),
          ...teacherRoutes({ store: written, jobs, job: writing, intake, version, access }),
          ...routesOf({ ...ground, store, findings, jobs, job, merging, intake, version, access }),
        ],
        rights: rightsOf(store, written, ground),
        stored: async (person) => (await store.stored(person)) + (await written.stored(person)),
        async forgetConversations(ids) {
          await store.forget(ids);
          await written.forget(ids);
        },
        async start() {
          await store.settle();
          await written.settle();
        },
      };
    },
  });
