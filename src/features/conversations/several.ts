/** What is done with several chats at once, or with all: each in one transaction. */
import type { Kysely, UpdateQueryBuilder, UpdateResult } from "kysely";
import type * as z from "zod";
import type { SeveralReply, severalBody } from "./api.ts";
import { expectFolder } from "./folders.ts";
import { BATCH } from "./statements.ts";
import type { Store } from "./store.ts";
import type { Tables } from "./tables.ts";

type Body = z.output<typeof severalBody>;
type Update = UpdateQueryBuilder<Tables, "conversation", "conversation", UpdateResult>;

/**
 * @returns how many chats are others by it, and when; what is not there is passed over
 * @throws CharlaError `folder_not_found`
 */
export async function changeSeveral(
  db: Kysely<Tables>,
  { undoMs }: Pick<Store, "undoMs">,
  owner: string,
  body: Body,
): Promise<SeveralReply> {
  const now = Date.now();
  const at = new Date(now).toISOString();
  const count = await db.transaction().execute(async (trx) => {
    const update = trx.updateTable("conversation").where("owner", "=", owner);
    if (body.do === "restore") {
      // What is hidden until later is not deleted but on its way in.
      if (Date.parse(body.at) > now || Date.parse(body.at) <= now - undoMs) return 0;
      return changed(update.set({ deleted_at: null }).where("deleted_at", "=", body.at));
    }
    if (body.do === "move") await expectFolder(trx, owner, body.folderId);
    const there = change(update.where("deleted_at", "is", null), body, at);
    if (body.which === "all") return changed(there);
    let sum = 0;
    for (let from = 0; from < body.which.length; from += BATCH)
      sum += await changed(there.where("id", "in", body.which.slice(from, from + BATCH)));
    return sum;
  });
  return { count, at: body.do === "restore" ? body.at : at };
}

function change(update: Update, body: Exclude<Body, { do: "restore" }>, at: string): Update {
  if (body.do === "delete") return update.set({ deleted_at: at });
  if (body.do === "archive") return update.set({ archived: 1 }).where("archived", "=", 0);
  if (body.do === "unarchive") return update.set({ archived: 0 }).where("archived", "=", 1);
  const { folderId } = body;
  return update
    .set({ folder_id: folderId })
    .where((eb) =>
      folderId === null
        ? eb("folder_id", "is not", null)
        : eb.or([eb("folder_id", "is", null), eb("folder_id", "!=", folderId)]),
    );
}

const changed = async (update: Update): Promise<number> =>
  Number((await update.executeTakeFirst()).numUpdatedRows);
