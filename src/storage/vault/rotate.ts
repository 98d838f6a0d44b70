/**
 * A new master key: every person's key is wrapped anew in one transaction, and no text is touched.
 * Wherever it is cut off, one of the two keys opens everything and is where the next start looks.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Kysely } from "kysely";
import { KEY_BYTES } from "../../core/seal.ts";
import { type Kind, scrub } from "../scrub.ts";
import { targetMissing } from "./errors.ts";
import { type KeyTables, type KeyVault, rewrap } from "./index.ts";
import { arrive, nextFile, ownFile, readFile, removeMaster, writeMaster } from "./master.ts";

export interface Rotated {
  /** Where the new key is. */
  readonly file: string;
  /** People whose keys were wrapped anew. */
  readonly people: number;
}

/**
 * @param to a file with the new key, made if it is not there; absent: the data folder's own file,
 *   which works only where that one is in use
 * @throws CharlaError `master_key_...`
 */
export async function rotate(
  vault: KeyVault,
  { db, kind }: { readonly db: Kysely<KeyTables>; readonly kind: Kind },
  home: string,
  to: string | undefined,
): Promise<Rotated> {
  const master = await vault.master();
  const own = master.place === ownFile(home);
  if (to === undefined && !own) throw targetMissing();
  const target = to ?? nextFile(home);
  // What an earlier rotation has left on its way opens nothing, or it would have arrived.
  if (to === undefined) removeMaster(target);
  if (!existsSync(target)) writeMaster(target, randomBytes(KEY_BYTES));
  const { key } = readFile(target);
  const people = await db.transaction().execute((trx) => rewrap(trx, master, key));
  await scrub(db, kind, ["person_key", "master_key"]);
  if (to === undefined) arrive(home);
  else if (own) removeMaster(ownFile(home));
  return { file: to ?? ownFile(home), people };
}
