/**
 * A person's rights over the chats: to have them all, to have them erased, and to have them given
 * to the account that takes an installation over.
 */
import type { Kysely } from "kysely";
import type { ArchiveFile, Erased, Rights } from "../../core/rights.ts";
import { pauses } from "../../core/slices.ts";
import type { Vault } from "../../core/vault.ts";
import type { Folders } from "./folders.ts";
import { give } from "./give.ts";
import { type Proving, proofsOf } from "./receipts.ts";
import type { Shares } from "./shares.ts";
import type { Store } from "./store.ts";
import type { Support } from "./support.ts";
import type { Tables } from "./tables.ts";
import { exportJson, toMarkdown, withImages } from "./transfer.ts";

export interface RightsOptions {
  readonly db: Kysely<Tables>;
  readonly store: Store;
  readonly folders: Folders;
  readonly shares: Shares;
  readonly support: Support;
  readonly vault: Vault;
  readonly house: Proving;
  /** Ends what is being written for a person. */
  stop(owner: string): Promise<void>;
  /** Tells the others that conversations go for good. */
  forget(ids: readonly string[]): Promise<void>;
}

export function rightsOf(options: RightsOptions): Rights {
  const { db, store, folders, shares, support, vault, house, stop, forget } = options;
  return {
    async *collect(person, language): AsyncGenerator<ArchiveFile> {
      const pause = pauses();
      const prove = proofsOf(house, person);
      const names = await folders.names(person);
      const along = withImages(house, person);
      for (const id of await store.ids(person, "deleted too")) {
        await pause();
        const one = await store.read(person, id, "deleted too");
        const labels = house.others.labels();
        const json = await labels.file(exportJson([one], prove, names, along));
        const content = (await Array.fromAsync(json)).join("");
        yield { path: `conversations/${id}.json`, content };
        const markdown = toMarkdown(one, language, await prove(one.messages));
        yield { path: `conversations/${id}.md`, content: await labels.document(markdown) };
      }
      if (names.size > 0) {
        const content = JSON.stringify({ folders: await folders.list(person) }, null, 2);
        yield { path: "conversations/folders.json", content };
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
      const kept = (
        await db.selectFrom("folder").select("id").where("owner", "=", person).execute()
      ).length;
      const { conversations, messages } = await store.erase(person, forget);
      return [
        { what: "conversations", words: { en: "Chats", es: "Chats" }, count: conversations },
        { what: "messages", words: { en: "Messages", es: "Mensajes" }, count: messages },
        { what: "folders", words: { en: "Folders", es: "Carpetas" }, count: kept },
        // They go with their conversations.
        {
          what: "shares",
          words: { en: "Links to shared chats", es: "Enlaces a chats compartidos" },
          count: links,
        },
        {
          what: "grants",
          words: {
            en: "Permissions for administrators to read a chat",
            es: "Permisos para que administradores lean un chat",
          },
          count: grants,
        },
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
