/** What the feature does once it is opened: files, their reading, and what chats find in them. */
import { type House, openable } from "../../core/feature.ts";
import { HOUR_MS } from "../../core/time.ts";
import { collectionRoutes } from "./collection-routes.ts";
import { Collections } from "./collections.ts";
import { OpenIndexes } from "./finding/opened.ts";
import { Search } from "./finding/search.ts";
import { meaningOf } from "./meaning/index.ts";
import { MEANING } from "./meaning/model.ts";
import type { MakeTools } from "./meaning/tools.ts";
import { type FilesPolicy, filesPolicy } from "./policy.ts";
import { ReadingQueue } from "./reading/queue.ts";
import { rightsOf } from "./rights.ts";
import { routesOf } from "./routes.ts";
import { filesInTurns } from "./step.ts";
import { Files } from "./store.ts";
import { storeRoutes } from "./stores/routes.ts";
import { searchInTurns } from "./stores/step.ts";
import { Stores } from "./stores/store.ts";
import { migrations } from "./tables.ts";
import { searchTool } from "./tool.ts";
import { v1Routes } from "./v1.ts";

const REST_MS = 60_000;

/** @param offered the model that finds by meaning */
export const knowledge = (tools: MakeTools, offered = MEANING) =>
  openable({
    name: "knowledge",
    policy: { section: "files", schema: filesPolicy },
    migrations,
    open(house: House<FilesPolicy>) {
      const { db, vault, policy, log } = house;
      const files = new Files(db, vault, policy);
      const collections = new Collections(db, vault, files, policy.lending);
      const stores = new Stores(db, vault, files, collections);
      const indexes = new OpenIndexes(files);
      const meaning = meaningOf({ files, indexes, tools, offered, house });
      const queue = new ReadingQueue({
        ...{ files, log, intake: (incoming) => house.intake(incoming) },
        ready(owner, id) {
          indexes.forget([id]);
          meaning.added(owner);
        },
      });
      const search = new Search(files, indexes, meaning.embed);
      return {
        facts: { fileMb: policy.file_mb },
        steps: [
          filesInTurns({ files, collections, search, queue, house }),
          searchInTurns({ stores, search, house }),
        ],
        routes: [
          ...meaning.routes,
          ...collectionRoutes(collections, house),
          ...routesOf({ files, collections, queue, indexes, search, house }),
          ...v1Routes({ files, queue, indexes, house }),
          ...storeRoutes({ stores, files, search, house }),
        ],
        jobs: meaning.jobs,
        embed: (...asked) => meaning.model.embed(...asked),
        tools: async () => [searchTool(files, search)],
        rights: rightsOf({ files, collections, stores, queue, indexes }),
        forgetConversations: (ids) => files.forget(ids),
        copyConversation: ({ from, to }) => files.copyUses(from, to),
        async expire() {
          await stores.sweep();
          return [{ what: "files", count: await files.sweep() }];
        },
        start: () => queue.resume(),
        every: [
          {
            ms: HOUR_MS,
            failed: "files that nothing needs stay",
            async run() {
              await stores.sweep();
              await files.sweep();
            },
          },
          {
            ms: REST_MS,
            failed: "what rests stays open",
            async run() {
              indexes.rest();
              await meaning.model.rest();
            },
          },
        ],
        async stop() {
          await queue.stop();
          await meaning.model.close();
        },
      };
    },
  });
