/**
 * Conversations that last: stored as they happen, found again, branched, taken along. Each belongs
 * to one person and is sealed with that person's key. The page is built on these routes; `api.ts`
 * says what each takes and gives.
 */
import { openable } from "../../core/feature.ts";
import { DAY_MS, HOUR_MS } from "../../core/time.ts";
import { Folders } from "./folders.ts";
import { Inbox } from "./importing/inbox.ts";
import { importKind } from "./importing/job.ts";
import { IMPORTS, importRoutes } from "./importing/routes.ts";
import { oneAtATime } from "./imports.ts";
import { messageRoutes } from "./message-routes.ts";
import { Messages } from "./messages.ts";
import { sharingPolicy } from "./policy.ts";
import { rightsOf } from "./rights.ts";
import { IMPORT, routes } from "./routes.ts";
import { sealEarlier } from "./sealing.ts";
import { shareRoutes } from "./share-routes.ts";
import { Shares } from "./shares.ts";
import { shelfRoutes } from "./shelf-routes.ts";
import { bytesOf } from "./statements.ts";
import { Store } from "./store.ts";
import { Support } from "./support.ts";
import { migrations } from "./tables.ts";
import { temporaryRoute } from "./temporary.ts";
import { readTool, searchTool } from "./tools.ts";
import { Turns } from "./turns.ts";

/** How often deleted conversations whose time is over are removed, in milliseconds. */
const PURGE_MS = 60_000;
export const conversations = openable({
  name: "conversations",
  policy: { section: "sharing", schema: sharingPolicy },
  migrations,
  open(house) {
    const { db, vault, scrub, others, policy, log, forgetConversations: forget } = house;
    const store = new Store(db, vault);
    const shares = new Shares(db, vault);
    const support = new Support({ db, store, vault, record: others.record });
    const turns = new Turns(store, house);
    const folders = new Folders(db, vault);
    const messages = new Messages(store, house);
    const importing = oneAtATime();
    const inbox = new Inbox(house.settings.home);
    const kind = importKind({ store, db, house });
    return {
      layers: ({ path }) => (path === IMPORT || path === IMPORTS ? [importing] : []),
      jobs: [kind],
      tools: async () => [searchTool(store), readTool(store)],
      routes: [
        // Before the routes with an id, which "imports" would otherwise be.
        ...importRoutes(kind, house, inbox),
        ...shelfRoutes({ store, turns, folders, house }),
        ...routes({ store, turns, folders, house }),
        temporaryRoute(house),
        ...messageRoutes({ store, turns, messages, house }),
        ...shareRoutes({ store, shares, support, policy, house }),
      ],
      async start() {
        await sealEarlier(db, vault, scrub, log);
        await store.markInterrupted();
      },
      every: [
        {
          ms: PURGE_MS,
          failed: "deleted chats stay",
          async run() {
            await store.purge(forget);
            await shares.purge();
            await support.purge();
          },
        },
        {
          ms: HOUR_MS,
          failed: "files that were imported stay",
          run: () => inbox.sweep(new Set(house.jobs.underWay(kind).map(({ input }) => input.path))),
        },
      ],
      stop: () => turns.close(),
      async expire({ deletedChatMinutes, unusedChatDays }) {
        store.undoMs = deletedChatMinutes * 60_000;
        const unused = unusedChatDays && new Date(Date.now() - unusedChatDays * DAY_MS);
        const count = await store.purge(forget, unused || undefined);
        return [{ what: "conversations", count }];
      },
      stored: (person) => bytesOf(db, person),
      rights: rightsOf({
        ...{ db, store, folders, shares, support, vault, house, forget },
        stop: (owner) => turns.stopAllOf(owner),
      }),
    };
  },
});
