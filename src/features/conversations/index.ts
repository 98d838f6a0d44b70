/**
 * Conversations that last: stored as they happen, found again, branched, taken along. The page is
 * built on these routes; `api.ts` says what each takes and gives.
 */
import type { Kysely } from "kysely";
import type { Feature } from "../../core/feature.ts";
import type { Log } from "./answer.ts";
import { routes } from "./routes.ts";
import { Store } from "./store.ts";
import { migrations, type Tables } from "./tables.ts";
import { Turns } from "./turns.ts";

/** How often deleted conversations whose time is over are removed, in milliseconds. */
const PURGE_MS = 60_000;

/**
 * @param db with this feature's migrations done
 * @param log gets what no request can be told, never message text
 */
// biome-ignore lint/suspicious/noExplicitAny: the database also holds the tables of others
export function conversations(db: Kysely<any>, log: Log = console.error): Feature {
  const store = new Store(db as Kysely<Tables>);
  let turns: Turns | undefined;
  let purging: NodeJS.Timeout | undefined;
  return {
    name: "conversations",
    migrations,
    routes(kit) {
      turns = new Turns(store, kit, log);
      return routes(store, turns);
    },
    async start() {
      await store.markInterrupted();
      await store.purge();
      const purge = () => store.purge().catch((thrown) => log("deleted chats stay", thrown));
      purging = setInterval(purge, PURGE_MS);
    },
    async stop() {
      clearInterval(purging);
      await turns?.close();
    },
  };
}
