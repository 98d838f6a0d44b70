/**
 * Gives one person's conversations to another: what the old owner's key opens is sealed with the
 * new owner's. Each conversation goes over whole, so that it can be cut off and called again.
 */
import type { Kysely, Transaction } from "kysely";
import { pauses } from "../../core/slices.ts";
import type { Sealer, Vault } from "../../core/vault.ts";
import {
  openName,
  openOrigin,
  openSettings,
  openTitle,
  sealMessage,
  sealName,
  sealOrigin,
  sealSettings,
  titled,
  toMessage,
} from "./rows.ts";
import { sharePlace } from "./shares.ts";
import { reasonPlace } from "./support.ts";
import type { Tables } from "./tables.ts";

/** Nobody writes in them meanwhile. */
export async function give(
  db: Kysely<Tables>,
  vault: Vault,
  from: string,
  to: string,
): Promise<void> {
  if (from === to) return;
  const keys = [await vault.of(from), await vault.of(to)] as const;
  const rows = await db.selectFrom("conversation").select("id").where("owner", "=", from).execute();
  const pause = pauses();
  for (const { id } of rows) {
    await pause();
    await db.transaction().execute(async (trx) => {
      await giveMessages(trx, id, ...keys);
      await giveShared(trx, id, ...keys);
      await giveConversation(trx, id, ...keys, to);
    });
  }
  await db.transaction().execute((trx) => giveFolders(trx, from, ...keys, to));
}

/** Sealed anew once their chats are there. */
async function giveFolders(
  db: Transaction<Tables>,
  from: string,
  before: Sealer,
  after: Sealer,
  owner: string,
): Promise<void> {
  const rows = await db.selectFrom("folder").selectAll().where("owner", "=", from).execute();
  for (const row of rows) {
    const columns = { name: sealName(after, row.id, openName(before, row)), owner };
    await db.updateTable("folder").set(columns).where("id", "=", row.id).execute();
  }
}

async function giveConversation(
  db: Transaction<Tables>,
  id: string,
  before: Sealer,
  after: Sealer,
  owner: string,
): Promise<void> {
  const row = await db
    .selectFrom("conversation")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
  // Purged meanwhile.
  if (!row) return;
  const columns = {
    ...titled(after, id, openTitle(before, row), row.title_source),
    settings: sealSettings(after, id, openSettings(before, row)),
    origin: row.origin && sealOrigin(after, id, openOrigin(before, id, row.origin)),
    owner,
  };
  await db.updateTable("conversation").set(columns).where("id", "=", id).execute();
}

async function giveMessages(
  db: Transaction<Tables>,
  conversationId: string,
  before: Sealer,
  after: Sealer,
): Promise<void> {
  const rows = await db
    .selectFrom("message")
    .selectAll()
    .where("conversation_id", "=", conversationId)
    .execute();
  for (const row of rows) {
    const columns = sealMessage(after, toMessage(before, row, new Set()));
    await db.updateTable("message").set(columns).where("id", "=", row.id).execute();
  }
}

/** The snapshots behind links, inside which the seal of the link stays, and reasons of grants. */
async function giveShared(
  db: Transaction<Tables>,
  conversationId: string,
  before: Sealer,
  after: Sealer,
): Promise<void> {
  const again = (sealed: string, place: string) => after.seal(before.open(sealed, place), place);
  const shares = db.selectFrom("share").selectAll().where("conversation_id", "=", conversationId);
  for (const { id, snapshot } of await shares.execute()) {
    const columns = { snapshot: again(snapshot, sharePlace(id)) };
    await db.updateTable("share").set(columns).where("id", "=", id).execute();
  }
  const grants = db
    .selectFrom("support_grant")
    .selectAll()
    .where("conversation_id", "=", conversationId);
  for (const { id, reason } of await grants.execute()) {
    const columns = { reason: again(reason, reasonPlace(id)) };
    await db.updateTable("support_grant").set(columns).where("id", "=", id).execute();
  }
}
