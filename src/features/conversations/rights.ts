/**
 * A person's rights over the chats: to have them all, to have them erased, and to have them given
 * to the account that takes an installation over.
 */
import type { Kysely } from "kysely";
import type { ArchiveFile, Erased, Rights } from "../../core/rights.ts";
import type { Vault } from "../../core/vault.ts";
import { give } from "./give.ts";
import type { Shares } from "./shares.ts";
import type { Store } from "./store.ts";
import type { Support } from "./support.ts";
import type { Tables } from "./tables.ts";
import { exportJson, toMarkdown } from "./transfer.ts";

export interface RightsOptions {
  readonly db: Kysely<Tables>;
  readonly store: Store;
  readonly shares: Shares;
  readonly support: Support;
  readonly vault: Vault;
  /** Ends what is being written for a person. */
  stop(owner: string): Promise<void>;
  /** Tells the others that conversations go for good. */
  forget(ids: readonly string[]): Promise<void>;
}

export function rightsOf(options: RightsOptions): Rights {
  const { db, store, shares, support, vault, stop, forget } = options;
  return {
    async *collect(person, language): AsyncGenerator<ArchiveFile> {
      for (const id of await store.ids(person, "deleted too")) {
        const one = await store.read(person, id, "deleted too");
        const json = (await Array.fromAsync(exportJson([one]))).join("");
        yield { path: `conversations/${id}.json`, content: json };
        yield { path: `conversations/${id}.md`, content: toMarkdown(one, language) };
      }
      const others = { links: await shares.list(person), support: await support.list(person) };
      if (others.links.length + others.support.length > 0) {
        yield { path: "conversations/shared.json", content: JSON.stringify(others, null, 2) };
      }
    },
    async erase(person): Promise<Erased[]> {
      await stop(person);
      const links = await count(db, "share", person);
      const grants = await count(db, "support_grant", person);
      const { conversations, messages } = await store.erase(person, forget);
      await vault.destroy(person);
      return [
        { what: "rights.erased.conversations", count: conversations },
        { what: "rights.erased.messages", count: messages },
        // They go with their conversations.
        { what: "rights.erased.shares", count: links },
        { what: "rights.erased.grants", count: grants },
      ];
    },
    async giveTo(from, to) {
      await stop(from);
      await give(db, vault, from, to);
    },
  };
}

/** What somebody has let others see; asks for no key, which the second call would make again. */
async function count(
  db: Kysely<Tables>,
  table: "share" | "support_grant",
  owner: string,
): Promise<number> {
  const rows = await db
    .selectFrom(table)
    .innerJoin("conversation", "conversation.id", `${table}.conversation_id`)
    .select("conversation.id")
    .where("conversation.owner", "=", owner)
    .execute();
  return rows.length;
}
