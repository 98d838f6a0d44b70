/** The chats of a run at rest: where they stand, sealed, and which stored chats they come from. */
import type { Kysely } from "kysely";
import type { Sealer } from "../../core/vault.ts";
import type { Chat } from "./data/chat.ts";
import type { Tables } from "./tables.ts";

export interface Data {
  readonly train: readonly Chat[];
  readonly validation: readonly Chat[];
  readonly test: readonly Chat[];
}

/** Characters of the chats in one row. */
const PART = 200_000;

/** The chats in rows of a size that a database takes. */
export async function write(
  db: Kysely<Tables>,
  { id, owner }: { readonly id: string; readonly owner: string },
  data: Data,
  sealer: Sealer,
): Promise<void> {
  const content = JSON.stringify(data);
  for (let place = 0; place * PART < content.length; place++) {
    const part = content.slice(place * PART, (place + 1) * PART);
    // A part may end within a pair of surrogates, which only JSON keeps.
    const body = sealer.seal(JSON.stringify(part), partPlace(id, "training_text", place));
    await db.insertInto("training_text").values({ run: id, owner, place, body }).execute();
  }
}

export const chatsOf = ({ train, validation, test }: Data): readonly Chat[] => [
  ...train,
  ...validation,
  ...test,
];

export const sourcesOf = (data: Data): ReadonlySet<string> =>
  new Set(chatsOf(data).flatMap(({ from }) => from ?? []));

export function without(data: Data, gone: ReadonlySet<string>): Data {
  const kept = (chats: readonly Chat[]) => chats.filter(({ from }) => !from || !gone.has(from));
  return { train: kept(data.train), validation: kept(data.validation), test: kept(data.test) };
}

export const placeOf = (id: string, what: string) => `training/${id}/${what}`;
export const partPlace = (id: string, table: string, place: number) =>
  placeOf(id, `${table}/${place}`);
