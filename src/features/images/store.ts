/**
 * People's images: each belongs to one person and is sealed with that person's key; the same bytes are
 * there once, as long as a chat has them.
 */
import { hash, randomUUIDv7 as newId } from "node:crypto";
import type { Kysely } from "kysely";
import { lookAt, MOST_IMAGE_BYTES } from "../../core/images.ts";
import { DAY_MS } from "../../core/time.ts";
import type { Sealer, Vault } from "../../core/vault.ts";
import type { KnownImage } from "./api.ts";
import { tooLarge, unknown } from "./errors.ts";
import type { ImageRow, Tables } from "./tables.ts";

/** What nobody has asked about since, and no chat has. */
const UNUSED_MS = DAY_MS;
/** Rows of one statement. */
const BATCH = 500;

const place = (id: string, column: "about" | "content") => `image/${id}/${column}`;
const tagOf = (sealer: Sealer, digest: string) => sealer.tag(`image ${digest}`);

export interface Stored extends KnownImage {
  readonly id: string;
}

export class Images {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;

  constructor(db: Kysely<Tables>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  /** @throws CharlaError `image_too_large`, `image_unknown` */
  async take(owner: string, bytes: Uint8Array): Promise<Stored> {
    if (bytes.length > MOST_IMAGE_BYTES) throw tooLarge(MOST_IMAGE_BYTES);
    const seen = lookAt(bytes);
    if (!seen) throw unknown();
    const sealer = await this.#vault.of(owner);
    const digest = hash("sha256", bytes, "hex");
    const known = { digest, bytes: bytes.length, ...seen };
    const [id, tag, brought_at] = [newId(), tagOf(sealer, digest), new Date().toISOString()];
    await this.#db
      .insertInto("image")
      .values({
        ...{ id, owner, tag, bytes: bytes.length, brought_at },
        about: sealer.seal(JSON.stringify(known), place(id, "about")),
        content: sealer.sealBytes(bytes, place(id, "content")),
      })
      .onConflict((conflict) => conflict.columns(["owner", "tag"]).doUpdateSet({ brought_at }))
      .execute();
    return { ...known, id: (await this.find(owner, digest))?.id ?? id };
  }

  async find(owner: string, digest: string): Promise<Stored | undefined> {
    const sealer = await this.#vault.of(owner);
    const row = await this.#db
      .selectFrom("image")
      .select(["id", "about"])
      .where("owner", "=", owner)
      .where("tag", "=", tagOf(sealer, digest))
      .executeTakeFirst();
    return row && opened(sealer, row);
  }

  async bytes(owner: string, id: string): Promise<Uint8Array | undefined> {
    const row = await this.#db
      .selectFrom("image")
      .select("content")
      .where("owner", "=", owner)
      .where("id", "=", id)
      .executeTakeFirst();
    return row && (await this.#vault.of(owner)).openBytes(row.content, place(id, "content"));
  }

  /** Oldest first, with the chats of each. */
  async list(owner: string): Promise<(Stored & { readonly chats: readonly string[] })[]> {
    const rows = await this.#db
      .selectFrom("image")
      .select(["id", "about"])
      .where("owner", "=", owner)
      .orderBy("id")
      .execute();
    if (rows.length === 0) return [];
    const uses = await this.#db
      .selectFrom("image_use")
      .innerJoin("image", "image.id", "image_use.image_id")
      .select(["image.id", "image_use.conversation_id as chat"])
      .where("image.owner", "=", owner)
      .execute();
    const sealer = await this.#vault.of(owner);
    return rows.map((row) => ({
      ...opened(sealer, row),
      chats: uses.flatMap(({ id, chat }) => (id === row.id ? [chat] : [])),
    }));
  }

  async stored(owner: string): Promise<number> {
    const { sum } = await this.#db
      .selectFrom("image")
      .select(({ fn }) => fn.sum<number>("bytes").as("sum"))
      .where("owner", "=", owner)
      .executeTakeFirstOrThrow();
    return Number(sum ?? 0);
  }

  /** A chat has these images from now on. */
  async use(ids: readonly string[], conversation: string): Promise<void> {
    if (ids.length === 0) return;
    await this.#db
      .insertInto("image_use")
      .values(ids.map((image_id) => ({ image_id, conversation_id: conversation })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async copyUses(from: string, to: string): Promise<void> {
    const rows = await this.#db
      .selectFrom("image_use")
      .select("image_id")
      .where("conversation_id", "=", from)
      .execute();
    await this.use(
      rows.map(({ image_id }) => image_id),
      to,
    );
  }

  /** Chats go for good, and with them the images that no other has. */
  async forget(conversations: readonly string[]): Promise<void> {
    for (let from = 0; from < conversations.length; from += BATCH) {
      const some = conversations.slice(from, from + BATCH);
      const uses = await this.#db
        .selectFrom("image_use")
        .select("image_id")
        .distinct()
        .where("conversation_id", "in", some)
        .execute();
      await this.#db.deleteFrom("image_use").where("conversation_id", "in", some).execute();
      await this.#removeUnused(uses.map(({ image_id }) => image_id));
    }
  }

  /** What was brought along and never asked about. */
  async sweep(now = Date.now()): Promise<number> {
    const rows = await this.#db
      .selectFrom("image")
      .select("id")
      .where("brought_at", "<", new Date(now - UNUSED_MS).toISOString())
      .execute();
    return this.#removeUnused(rows.map(({ id }) => id));
  }

  async #removeUnused(ids: readonly string[]): Promise<number> {
    let count = 0;
    for (let from = 0; from < ids.length; from += BATCH) {
      const { numDeletedRows } = await this.#db
        .deleteFrom("image")
        .where("id", "in", ids.slice(from, from + BATCH))
        .where("id", "not in", (query) => query.selectFrom("image_use").select("image_id"))
        .executeTakeFirst();
      count += Number(numDeletedRows);
    }
    return count;
  }

  async erase(owner: string): Promise<number> {
    const all = this.#db.deleteFrom("image").where("owner", "=", owner);
    return Number((await all.executeTakeFirst()).numDeletedRows);
  }

  /** Seals all of them anew for the person whose they now are, one after the other. */
  async giveTo(from: string, to: string): Promise<void> {
    if (from === to) return;
    const sealer = await this.#vault.of(to);
    for (const { id, chats, ...known } of await this.list(from)) {
      const there = await this.find(to, known.digest);
      if (there) {
        for (const chat of chats) await this.use([there.id], chat);
        await this.#db.deleteFrom("image").where("id", "=", id).execute();
        continue;
      }
      const bytes = (await this.bytes(from, id)) ?? new Uint8Array();
      await this.#db
        .updateTable("image")
        .set({
          ...{ owner: to, tag: tagOf(sealer, known.digest) },
          about: sealer.seal(JSON.stringify(known), place(id, "about")),
          content: sealer.sealBytes(bytes, place(id, "content")),
        })
        .where("id", "=", id)
        .execute();
    }
  }
}

const opened = (sealer: Sealer, { id, about }: Pick<ImageRow, "id" | "about">): Stored => ({
  ...JSON.parse(sealer.open(about, place(id, "about"))),
  id,
});
