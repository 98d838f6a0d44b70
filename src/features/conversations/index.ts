/**
 * Conversations that last: stored as they happen, found again, branched, taken along. Each belongs
 * to one person and is sealed with that person's key. The page is built on these routes; `api.ts`
 * says what each takes and gives.
 */
import type { Kysely } from "kysely";
import type { RecordAct } from "../../core/audit.ts";
import type { Feature } from "../../core/feature.ts";
import type { Vault } from "../../core/vault.ts";
import type { Log } from "./answer.ts";
import { oneAtATime } from "./imports.ts";
import type { SharingPolicy } from "./policy.ts";
import { rightsOf } from "./rights.ts";
import { IMPORT, routes } from "./routes.ts";
import { sealEarlier } from "./sealing.ts";
import { shareRoutes } from "./share-routes.ts";
import { Shares } from "./shares.ts";
import { Store } from "./store.ts";
import { Support } from "./support.ts";
import { migrations, type Tables } from "./tables.ts";
import { Turns } from "./turns.ts";

/** How often deleted conversations whose time is over are removed, in milliseconds. */
const PURGE_MS = 60_000;

export { sharingPolicy } from "./policy.ts";

export interface ConversationsOptions {
  /** With this feature's migrations done. */
  // biome-ignore lint/suspicious/noExplicitAny: the database also holds the tables of others
  readonly db: Kysely<any>;
  readonly vault: Vault;
  /** Makes what was overwritten in these tables unreadable in the database's files, too. */
  scrub(tables: readonly string[]): Promise<void>;
  readonly policy: SharingPolicy;
  /** Writes down who reads a chat of somebody else. */
  readonly record: RecordAct;
  /** Gets what no request can be told, never message text. */
  readonly log?: Log | undefined;
}

export function conversations(options: ConversationsOptions): Feature {
  const { vault, scrub, record, policy, log = console.error } = options;
  const db = options.db as Kysely<Tables>;
  const store = new Store(db, vault);
  const shares = new Shares(db, vault);
  const support = new Support({ db, store, vault, record });
  const importing = oneAtATime();
  let turns: Turns | undefined;
  let purging: NodeJS.Timeout | undefined;
  const purge = async () => {
    await store.purge(forget);
    await shares.purge();
    await support.purge();
  };
  let forget = async (_ids: readonly string[]) => {};
  return {
    name: "conversations",
    migrations,
    layers: ({ path }) => (path === IMPORT ? [importing] : []),
    routes(kit) {
      if (kit.forgetConversations) forget = kit.forgetConversations;
      turns = new Turns(store, kit, log);
      return [...routes(store, turns, kit), ...shareRoutes({ store, shares, support, policy })];
    },
    async start() {
      await sealEarlier(db, vault, scrub, log);
      await store.markInterrupted();
      await purge();
      const later = () => purge().catch((thrown) => log("deleted chats stay", thrown));
      purging = setInterval(later, PURGE_MS);
    },
    async stop() {
      clearInterval(purging);
      await turns?.close();
    },
    async expire({ deletedChatMinutes, unusedChatDays }) {
      store.undoMs = deletedChatMinutes * 60_000;
      const unused = unusedChatDays && new Date(Date.now() - unusedChatDays * 86_400_000);
      const count = await store.purge(forget, unused ? unused.toISOString() : "");
      return [{ what: "rights.erased.conversations", count }];
    },
    rights: rightsOf({
      ...{ db, store, shares, support, vault },
      stop: async (owner) => turns?.stopAllOf(owner),
      forget: (ids) => forget(ids),
    }),
  };
}
