/**
 * The chats that were written here without a server, each sealed by AES-256-GCM under a key of its
 * person that no script can read. They stay until the server has them.
 */
import type { ChatMessage, Settings } from "../../../../src/features/conversations/api.ts";
import * as database from "./database.ts";

export interface OfflineChat {
  /** By which the server knows it again when it comes twice. */
  readonly id: string;
  readonly title: string;
  readonly createdAt: string;
  /** Of the last question. */
  readonly updatedAt: string;
  readonly settings: Settings;
  readonly messages: readonly ChatMessage[];
}

interface Row {
  readonly id: string;
  readonly who: string;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
}

/** Bound to its place, so that no row can stand for another. */
const sealing = ({ id, who, iv }: Pick<Row, "id" | "who" | "iv">) => ({
  ...{ name: "AES-GCM", iv },
  additionalData: new TextEncoder().encode(`charla-offline/${who}/${id}`),
});

async function keyOf(who: string): Promise<CryptoKey> {
  const known = () => database.get<CryptoKey>("keys", who);
  const key = await known();
  if (key) return key;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  // Another tab may have been quicker, and what it has sealed is not to be lost.
  await database.add("keys", who, made).catch(() => {});
  return (await known()) ?? made;
}

/** Newest first; what cannot be opened is left alone. */
export async function chatsOf(who: string): Promise<OfflineChat[]> {
  const rows = await database.all<Row>("chats");
  const mine = rows.filter((row) => row.who === who);
  if (mine.length === 0) return [];
  const key = await keyOf(who);
  const opened = await Promise.all(
    mine.map(async (row) => {
      const text = await crypto.subtle.decrypt(sealing(row), key, row.sealed).catch(() => null);
      return text ? [JSON.parse(new TextDecoder().decode(text)) as OfflineChat] : [];
    }),
  );
  return opened.flat().toSorted((one, two) => (one.updatedAt < two.updatedAt ? 1 : -1));
}

export async function keep(who: string, chat: OfflineChat): Promise<void> {
  const row = { id: chat.id, who, iv: crypto.getRandomValues(new Uint8Array(12)) };
  const text = new TextEncoder().encode(JSON.stringify(chat));
  const sealed = await crypto.subtle.encrypt(sealing(row), await keyOf(who), text);
  await database.put("chats", chat.id, { ...row, sealed } satisfies Row);
}

export const drop = (id: string) => database.remove("chats", id);

/** All of a person's, and the key with them. */
export async function forget(who: string): Promise<void> {
  for (const row of await database.all<Row>("chats")) if (row.who === who) await drop(row.id);
  await database.remove("keys", who);
}
