/**
 * A person's rights over the chats: to have them all, to have them erased, and to have them given
 * to the account that takes an installation over.
 */
import type { Kysely } from "kysely";
import type { ArchiveFile, Erased, Rights } from "../../core/rights.ts";
import type { Vault } from "../../core/vault.ts";
import { give } from "./give.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";
import { exportJson, toMarkdown } from "./transfer.ts";

export interface RightsOptions {
  readonly db: Kysely<Tables>;
  readonly store: Store;
  readonly vault: Vault;
  /** Ends what is being written for a person. */
  stop(owner: string): Promise<void>;
  /** Tells the others that conversations go for good. */
  forget(ids: readonly string[]): Promise<void>;
}

export function rightsOf({ db, store, vault, stop, forget }: RightsOptions): Rights {
  return {
    async *collect(person, language): AsyncGenerator<ArchiveFile> {
      for (const id of await store.ids(person, "deleted too")) {
        const one = await store.read(person, id, "deleted too");
        const json = (await Array.fromAsync(exportJson([one]))).join("");
        yield { path: `conversations/${id}.json`, content: json };
        yield { path: `conversations/${id}.md`, content: toMarkdown(one, language) };
      }
    },
    async erase(person): Promise<Erased[]> {
      await stop(person);
      const { conversations, messages } = await store.erase(person, forget);
      await vault.destroy(person);
      return [
        { what: "rights.erased.conversations", count: conversations },
        { what: "rights.erased.messages", count: messages },
      ];
    },
    async giveTo(from, to) {
      await stop(from);
      await give(db, vault, from, to);
    },
  };
}
