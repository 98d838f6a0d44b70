/**
 * Keeps the book of each conversation, sealed. What a text is masked with is stored before the text
 * leaves here, so that no placeholder is ever without its value.
 */

import type { Kysely } from "kysely";
import type { Copy } from "../../core/feature.ts";
import { InTurn } from "../../core/in-turn.ts";
import { pauses } from "../../core/slices.ts";
import type { Vault } from "../../core/vault.ts";
import { Book, type Entry, type Naming } from "./placeholders.ts";
import type { Tables } from "./tables.ts";

export class Books {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  /** By conversation. */
  readonly #queues = new InTurn();

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** The book as a giver of names, which stores each before it gives it. */
  naming(owner: string, conversation: string): Naming {
    // Lines are never changed, so what was read once stays true.
    let read: Book | undefined;
    return async (typed, wanted) => {
      const known = read?.known(typed, wanted);
      if (known) return known;
      return this.#queues.do(conversation, async () => {
        const before = read;
        read = undefined;
        const current = before?.size === (await this.#size(owner, conversation));
        const book = current ? before : new Book(await this.entries(owner, conversation));
        book.reserve(typed);
        const names = wanted.map((one) => book.nameOf(one));
        await this.#add(owner, conversation, book.added());
        read = book;
        return names;
      });
    };
  }

  /** All lines of a person's conversation; none where it is somebody else's. */
  async entries(owner: string, conversation: string): Promise<Entry[]> {
    const rows = await this.#db
      .selectFrom("placeholder")
      .select(["name", "sealed"])
      .where("conversation", "=", conversation)
      .where("owner", "=", owner)
      .orderBy("name")
      .execute();
    const sealer = await this.#vault.of(owner);
    const entries: Entry[] = [];
    const pause = pauses();
    for (const { name, sealed } of rows) {
      const value = sealed === null ? null : sealer.open(sealed, place(conversation, name));
      entries.push({ name, value });
      await pause();
    }
    return entries;
  }

  /** Lines of a book, which are only ever added, or removed all together. */
  async #size(owner: string, conversation: string): Promise<number> {
    const { lines } = await this.#db
      .selectFrom("placeholder")
      .select(({ fn }) => fn.countAll().as("lines"))
      .where("conversation", "=", conversation)
      .where("owner", "=", owner)
      .executeTakeFirstOrThrow();
    return Number(lines);
  }

  /** The conversations of a person that have a book. */
  async conversations(owner: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("placeholder")
      .select("conversation")
      .distinct()
      .where("owner", "=", owner)
      .orderBy("conversation")
      .execute();
    return rows.map(({ conversation }) => conversation);
  }

  /** A copy of a conversation has the same placeholders. */
  async copy({ owner, from, to }: Copy): Promise<void> {
    await this.#add(owner, to, await this.entries(owner, from));
  }

  async forget(conversations: readonly string[]): Promise<void> {
    for (let from = 0; from < conversations.length; from += BATCH) {
      const some = conversations.slice(from, from + BATCH);
      await this.#db.deleteFrom("placeholder").where("conversation", "in", some).execute();
    }
  }

  async erase(owner: string): Promise<number> {
    const done = await this.#db
      .deleteFrom("placeholder")
      .where("owner", "=", owner)
      .executeTakeFirst();
    return Number(done.numDeletedRows);
  }

  /** Seals everything anew for the person to whom it now belongs. */
  async giveTo(from: string, to: string): Promise<void> {
    const sealer = await this.#vault.of(to);
    for (const conversation of await this.conversations(from)) {
      const entries = await this.entries(from, conversation);
      await this.#db.transaction().execute(async (db) => {
        for (const { name, value } of entries) {
          const sealed = value === null ? null : sealer.seal(value, place(conversation, name));
          await db
            .updateTable("placeholder")
            .set({ owner: to, sealed })
            .where("conversation", "=", conversation)
            .where("owner", "=", from)
            .where("name", "=", name)
            .execute();
        }
      });
    }
  }

  async #add(owner: string, conversation: string, entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const sealer = await this.#vault.of(owner);
    const rows = entries.map(({ name, value }) => ({
      ...{ conversation, owner, name },
      sealed: value === null ? null : sealer.seal(value, place(conversation, name)),
    }));
    await this.#db.transaction().execute(async (db) => {
      for (let from = 0; from < rows.length; from += BATCH) {
        const some = rows.slice(from, from + BATCH);
        await db.insertInto("placeholder").values(some).execute();
      }
    });
  }
}

/** Rows of one statement; databases limit the number of its parameters. */
const BATCH = 200;

const place = (conversation: string, name: string) => `placeholder/${conversation}/${name}`;
