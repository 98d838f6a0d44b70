/**
 * Seals what an earlier Charla has written in clear, before the server listens. A row is sealed
 * whole or not at all, so that the work can be cut off anywhere and goes on at the next start; only
 * when all is done, and the database's files hold no clear text any more, is it noted as done.
 */
import type { Kysely } from "kysely";
import type { Sealer, Vault } from "../../core/vault.ts";
import type { Log } from "./answer.ts";
import { sealMessage, sealSettings, titled } from "./rows.ts";
import type { Tables } from "./tables.ts";

/** Rows of one transaction. */
const BATCH = 200;
/** Rows after which the log is told how far it is. */
const REPORT = 10_000;

export async function sealEarlier(
  db: Kysely<Tables>,
  vault: Vault,
  scrub: (tables: readonly string[]) => Promise<void>,
  log: Log,
): Promise<void> {
  const row = await db.selectFrom("conversation_sealing").select("state").executeTakeFirst();
  if (row?.state === "done") return;
  let count = 0;
  const tell = (rows: number) => {
    const before = Math.floor(count / REPORT);
    count += rows;
    if (Math.floor(count / REPORT) > before) log(`sealing stored texts: ${count} rows so far`);
  };
  await sealTable(db, vault, nextConversations, sealConversations, tell);
  await sealTable(db, vault, nextMessages, sealMessages, tell);
  if (count > 0) {
    await scrub(["conversation", "message"]);
    log(`sealed ${count} rows that were stored in clear`);
  }
  await db.updateTable("conversation_sealing").set({ state: "done" }).execute();
}

type Next = (db: Kysely<Tables>, after: string) => Promise<{ id: string; owner: string }[]>;
type Seal = (db: Kysely<Tables>, sealers: Sealers, ids: string[]) => Promise<void>;
/** By person: their keys are there before the transaction begins, which has the only connection. */
type Sealers = ReadonlyMap<string, Sealer>;

async function sealTable(
  db: Kysely<Tables>,
  vault: Vault,
  next: Next,
  seal: Seal,
  tell: (rows: number) => void,
): Promise<void> {
  for (let after = ""; ; ) {
    const rows = await next(db, after);
    if (rows.length === 0) return;
    const sealers = new Map<string, Sealer>();
    for (const { owner } of rows) sealers.set(owner, await vault.of(owner));
    const ids = rows.map(({ id }) => id);
    await db.transaction().execute((trx) => seal(trx, sealers, ids));
    after = ids.at(-1) as string;
    tell(ids.length);
  }
}

const nextConversations: Next = (db, after) =>
  db
    .selectFrom("conversation")
    .select(["id", "owner"])
    .where("sealed", "=", 0)
    .where("id", ">", after)
    .orderBy("id")
    .limit(BATCH)
    .execute();

const nextMessages: Next = (db, after) =>
  db
    .selectFrom("message")
    .innerJoin("conversation", "conversation.id", "message.conversation_id")
    .select(["message.id", "conversation.owner"])
    .where("message.sealed", "=", 0)
    .where("message.id", ">", after)
    .orderBy("message.id")
    .limit(BATCH)
    .execute();

const sealConversations: Seal = async (db, sealers, ids) => {
  const rows = await db.selectFrom("conversation").selectAll().where("id", "in", ids).execute();
  for (const { id, owner, title, title_source, settings } of rows) {
    const sealer = sealers.get(owner) as Sealer;
    const columns = {
      ...titled(sealer, id, title, title_source),
      settings: sealSettings(sealer, id, JSON.parse(settings)),
      sealed: 1,
    };
    await db.updateTable("conversation").set(columns).where("id", "=", id).execute();
  }
};

const sealMessages: Seal = async (db, sealers, ids) => {
  const rows = await db
    .selectFrom("message")
    .innerJoin("conversation", "conversation.id", "message.conversation_id")
    .select(["message.id", "content", "details", "error", "owner"])
    .where("message.id", "in", ids)
    .execute();
  for (const { id, owner, content, details, error } of rows) {
    const clear = {
      ...{ id, content },
      details: details === null ? null : JSON.parse(details),
      error: error === null ? null : JSON.parse(error),
    };
    const columns = { ...sealMessage(sealers.get(owner) as Sealer, clear), sealed: 1 };
    await db.updateTable("message").set(columns).where("id", "=", id).execute();
  }
};
