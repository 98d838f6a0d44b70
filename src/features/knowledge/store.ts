/**
 * People's files: each belongs to one person and is sealed with that person's key; the same bytes are
 * there once. A file stays as long as a chat or a collection has it or its person keeps it.
 */
import { createHash, randomUUIDv7 as newId } from "node:crypto";
import type { Kysely } from "kysely";
import type { CharlaError, ErrorBody } from "../../core/errors.ts";
import { DAY_MS } from "../../core/time.ts";
import type { Sealer, Vault } from "../../core/vault.ts";
import type { Language } from "../../finding/words.ts";
import type { KnownFile, State } from "./api.ts";
import { Blocks } from "./blocks.ts";
import { noRoom, notFound, tooLarge, unreadable } from "./errors.ts";
import type { FilesPolicy } from "./policy.ts";
import type { FileRow, Tables } from "./tables.ts";

/** What is sealed of a file. */
export interface About {
  readonly name: string;
  readonly digest: string;
  readonly pages?: number | null;
  readonly characters?: number;
  readonly passages?: number;
  readonly sections?: number;
  readonly cut?: boolean;
  readonly scanned?: number;
  readonly recognised?: number;
  readonly language?: Language;
  /** The first section of each block of text. */
  readonly firsts?: readonly number[];
  /** With which model its vectors were made, by its digest. */
  readonly vectors?: string;
  readonly error?: ErrorBody;
}

/** A file with what its row and its seal say. */
export interface Stored extends Omit<FileRow, "about"> {
  readonly about: About;
}

const aboutPlace = (id: string) => `file/${id}/about`;
const MB = 1e6;
/** Rows of one statement. */
const BATCH = 500;
/** What nobody has asked about since, and no chat has. */
const UNUSED_MS = DAY_MS;

export interface NewFile {
  readonly name: string;
  readonly kept: boolean;
  readonly content: AsyncIterable<Uint8Array>;
}

export class Files {
  readonly #db: Kysely<Tables>;
  readonly #vault: Vault;
  readonly #policy: FilesPolicy;

  constructor(db: Kysely<Tables>, vault: Vault, policy: FilesPolicy) {
    this.#db = db;
    this.#vault = vault;
    this.#policy = policy;
  }

  get limits() {
    const { file_mb, person_mb } = this.#policy;
    return { mostOfFile: file_mb * MB, most: person_mb * MB };
  }

  blocks(sealer: Sealer, id: string): Blocks {
    return new Blocks(this.#db, sealer, id);
  }

  sealer(owner: string): Promise<Sealer> {
    return this.#vault.of(owner);
  }

  /**
   * Takes a file in; one whose bytes are here already is that one, which keeps its name.
   *
   * @throws CharlaError `file_too_large`, `file_without_text`, `files_full`, `files_too_many`
   */
  async take(owner: string, { name, kept, content }: NewFile): Promise<Stored> {
    const { used, count } = await this.#room(owner);
    const { mostOfFile, most } = this.limits;
    const { person_files: mostFiles } = this.#policy;
    if (count >= mostFiles) throw noRoom(most, mostFiles);
    const sealer = await this.#vault.of(owner);
    const id = newId();
    const row: FileRow = {
      ...{ id, owner, tag: `arriving ${id}`, bytes: 0, state: "arriving" },
      about: sealer.seal(JSON.stringify({ name, digest: "" }), aboutPlace(id)),
      ...{ kept: Number(kept), created_at: new Date().toISOString() },
    };
    await this.#db.insertInto("knowledge_file").values(row).execute();
    try {
      const hash = createHash("sha256");
      let bytes = 0;
      let fault: CharlaError | undefined;
      await this.blocks(sealer, id).store(content, (some) => {
        bytes += some.length;
        if (bytes > mostOfFile) fault ??= tooLarge(mostOfFile);
        else if (used + bytes > most) fault ??= noRoom(most, mostFiles);
        hash.update(some);
        return fault === undefined;
      });
      if (fault) throw fault;
      if (bytes === 0) throw unreadable("file_without_text");
      const digest = hash.digest("hex");
      const tag = tagOf(sealer, digest);
      const known = await this.#byTag(owner, tag);
      if (known) {
        await this.#remove([id]);
        if (kept) await this.keep(owner, known.id, true);
        return this.one(owner, known.id);
      }
      const about = sealer.seal(JSON.stringify({ name, digest }), aboutPlace(id));
      await this.#db
        .updateTable("knowledge_file")
        .set({ tag, bytes, about, state: "waiting" })
        .where("id", "=", id)
        .execute();
      return await this.one(owner, id);
    } catch (thrown) {
      await this.#remove([id]);
      throw thrown;
    }
  }

  async #room(owner: string) {
    const { used, count } = await this.#db
      .selectFrom("knowledge_file")
      .select(({ fn }) => [fn.sum<number>("bytes").as("used"), fn.countAll<number>().as("count")])
      .where("owner", "=", owner)
      .executeTakeFirstOrThrow();
    return { used: Number(used ?? 0), count: Number(count) };
  }

  async used(owner: string): Promise<number> {
    return (await this.#room(owner)).used;
  }

  #byTag(owner: string, tag: string) {
    return this.#db
      .selectFrom("knowledge_file")
      .select("id")
      .where("owner", "=", owner)
      .where("tag", "=", tag)
      .executeTakeFirst();
  }

  /** @throws CharlaError `file_not_found` */
  async one(owner: string, id: string): Promise<Stored> {
    const row = await this.#db
      .selectFrom("knowledge_file")
      .selectAll()
      .where("owner", "=", owner)
      .where("id", "=", id)
      .executeTakeFirst();
    if (!row) throw notFound();
    return opened(await this.#vault.of(owner), row);
  }

  /** Newest first. @param ids of them alone */
  async list(owner: string, ids?: readonly string[]): Promise<Stored[]> {
    if (ids?.length === 0) return [];
    const rows = await this.#db
      .selectFrom("knowledge_file")
      .selectAll()
      .where("owner", "=", owner)
      .$if(ids !== undefined, (select) => select.where("id", "in", ids ?? []))
      .orderBy("id", "desc")
      .execute();
    if (rows.length === 0) return [];
    const sealer = await this.#vault.of(owner);
    return rows.map((row) => opened(sealer, row));
  }

  /** Those that are here, in the order of the digests. */
  async byDigests(owner: string, digests: readonly string[]): Promise<Stored[]> {
    const sealer = await this.#vault.of(owner);
    const found: Stored[] = [];
    for (const digest of digests) {
      const row = await this.#byTag(owner, tagOf(sealer, digest));
      if (row) found.push(await this.one(owner, row.id));
    }
    return found;
  }

  /** As people see them. @param progress of those that are being read */
  async seen(
    owner: string,
    files: readonly Stored[],
    progress: (id: string) => { readonly done: number; readonly total: number } | undefined,
  ): Promise<KnownFile[]> {
    const rows = await this.#db
      .selectFrom("knowledge_use")
      .innerJoin("knowledge_file", "knowledge_file.id", "knowledge_use.file_id")
      .select(({ fn }) => ["knowledge_use.file_id as id", fn.countAll<number>().as("count")])
      .where("knowledge_file.owner", "=", owner)
      .groupBy("knowledge_use.file_id")
      .execute();
    const chats = new Map(rows.map(({ id, count }) => [id, Number(count)]));
    const members = await this.#db
      .selectFrom("knowledge_member")
      .innerJoin("knowledge_file", "knowledge_file.id", "knowledge_member.file_id")
      .select(({ fn }) => ["knowledge_member.file_id as id", fn.countAll<number>().as("count")])
      .where("knowledge_file.owner", "=", owner)
      .groupBy("knowledge_member.file_id")
      .execute();
    const collections = new Map(members.map(({ id, count }) => [id, Number(count)]));
    return files.map(({ id, about, bytes, state, kept, created_at: createdAt }) => {
      const { done = 0, total = null } = progress(id) ?? {};
      return {
        ...{ id, name: about.name, digest: about.digest, media: mediaOf(about.name) },
        ...{ bytes, state, done, total },
        pages: about.pages ?? null,
        characters: about.characters ?? null,
        passages: about.passages ?? null,
        ...{ cut: about.cut ?? false, scanned: about.scanned ?? 0 },
        recognised: about.recognised ?? 0,
        meaning: about.vectors !== undefined,
        error: about.error ? { ...about.error } : null,
        ...{ kept: kept === 1, chats: chats.get(id) ?? 0, createdAt },
        collections: collections.get(id) ?? 0,
      };
    });
  }

  async keep(owner: string, id: string, kept: boolean): Promise<void> {
    await this.#db
      .updateTable("knowledge_file")
      .set({ kept: Number(kept) })
      .where("owner", "=", owner)
      .where("id", "=", id)
      .execute();
  }

  /** Writes down what was found out about a file, unless it is gone. */
  async note(owner: string, id: string, state: State, about: About): Promise<void> {
    const sealed = (await this.#vault.of(owner)).seal(JSON.stringify(about), aboutPlace(id));
    await this.#db
      .updateTable("knowledge_file")
      .set({ state, about: sealed })
      .where("owner", "=", owner)
      .where("id", "=", id)
      .execute();
  }

  /** @throws CharlaError `file_not_found` */
  async remove(owner: string, id: string): Promise<void> {
    await this.one(owner, id);
    await this.#remove([id]);
  }

  async #remove(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += BATCH)
      await this.#db
        .deleteFrom("knowledge_file")
        .where("id", "in", ids.slice(from, from + BATCH))
        .execute();
  }

  /** A chat has these files from now on. */
  async use(ids: readonly string[], conversation: string): Promise<void> {
    if (ids.length === 0) return;
    await this.#db
      .insertInto("knowledge_use")
      .values(ids.map((file_id) => ({ file_id, conversation_id: conversation })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async copyUses(from: string, to: string): Promise<void> {
    const rows = await this.#db
      .selectFrom("knowledge_use")
      .select("file_id")
      .where("conversation_id", "=", from)
      .execute();
    await this.use(
      rows.map(({ file_id }) => file_id),
      to,
    );
  }

  /** Chats go for good, and with them the files that nothing else needs. */
  async forget(conversations: readonly string[]): Promise<void> {
    for (let from = 0; from < conversations.length; from += BATCH) {
      const some = conversations.slice(from, from + BATCH);
      const uses = await this.#db
        .selectFrom("knowledge_use")
        .select("file_id")
        .distinct()
        .where("conversation_id", "in", some)
        .execute();
      await this.#db.deleteFrom("knowledge_use").where("conversation_id", "in", some).execute();
      await this.removeUnused(uses.map(({ file_id }) => file_id));
    }
  }

  /** What was given and never asked about, and what has not arrived. */
  async sweep(now = Date.now()): Promise<number> {
    const before = new Date(now - UNUSED_MS).toISOString();
    const rows = await this.#db
      .selectFrom("knowledge_file")
      .select("id")
      .where("created_at", "<", before)
      .where(({ or, eb }) => or([eb("kept", "=", 0), eb("state", "=", "arriving")]))
      .execute();
    return this.removeUnused(rows.map(({ id }) => id));
  }

  /** Of these, those that nothing needs. */
  async removeUnused(ids: readonly string[]): Promise<number> {
    let count = 0;
    for (let from = 0; from < ids.length; from += BATCH) {
      const { numDeletedRows } = await this.#db
        .deleteFrom("knowledge_file")
        .where("id", "in", ids.slice(from, from + BATCH))
        .where(({ or, eb }) => or([eb("kept", "=", 0), eb("state", "=", "arriving")]))
        .where("id", "not in", (query) => query.selectFrom("knowledge_use").select("file_id"))
        .where("id", "not in", (query) => query.selectFrom("knowledge_member").select("file_id"))
        .executeTakeFirst();
      count += Number(numDeletedRows);
    }
    return count;
  }

  /** Those that have still to be read, oldest first. */
  async unread(): Promise<readonly { readonly id: string; readonly owner: string }[]> {
    return this.#db
      .selectFrom("knowledge_file")
      .select(["id", "owner"])
      .where("state", "in", ["waiting", "reading"])
      .orderBy("id")
      .execute();
  }

  async owners(): Promise<readonly string[]> {
    const rows = await this.#db.selectFrom("knowledge_file").select("owner").distinct().execute();
    return rows.map(({ owner }) => owner);
  }

  async erase(owner: string): Promise<number> {
    const { numDeletedRows } = await this.#db
      .deleteFrom("knowledge_file")
      .where("owner", "=", owner)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  /** Seals all of them anew for the person whose they now are, one after the other. */
  async giveTo(from: string, to: string): Promise<void> {
    const files = await this.list(from);
    if (files.length === 0 || from === to) return;
    const [before, after] = [await this.#vault.of(from), await this.#vault.of(to)];
    for (const { id, about } of files) {
      const tag = about.digest === "" ? `arriving ${id}` : tagOf(after, about.digest);
      const known = await this.#byTag(to, tag);
      if (known) {
        const rows = await this.#db
          .selectFrom("knowledge_use")
          .select("conversation_id")
          .where("file_id", "=", id)
          .execute();
        for (const { conversation_id } of rows) await this.use([known.id], conversation_id);
        await this.#db
          .insertInto("knowledge_member")
          .columns(["collection_id", "file_id", "attributes", "added_at"])
          .expression(({ selectFrom, val }) =>
            selectFrom("knowledge_member")
              .select(["collection_id", val(known.id).as("file_id"), "attributes", "added_at"])
              .where("file_id", "=", id),
          )
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await this.#remove([id]);
        continue;
      }
      await this.#db.transaction().execute(async (db) => {
        const places = await db
          .selectFrom("knowledge_block")
          .select(["kind", "part"])
          .where("file_id", "=", id)
          .execute();
        for (const { kind, part } of places) {
          const bytes = await new Blocks(db, before, id).get(kind, part);
          if (bytes) await new Blocks(db, after, id).put(kind, part, bytes);
        }
        const sealed = after.seal(JSON.stringify(about), aboutPlace(id));
        await db
          .updateTable("knowledge_file")
          .set({ owner: to, tag, about: sealed })
          .where("id", "=", id)
          .execute();
      });
    }
  }
}

const tagOf = (sealer: Sealer, digest: string): string => sealer.tag(`knowledge file ${digest}`);

function opened(sealer: Sealer, { about, ...row }: FileRow): Stored {
  return { ...row, about: JSON.parse(sealer.open(about, aboutPlace(row.id))) };
}

const MEDIA: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  odt: "application/vnd.oasis.opendocument.text",
  epub: "application/epub+zip",
  csv: "text/csv",
  html: "text/html",
  htm: "text/html",
  md: "text/markdown",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
};

/** By its name, for people and programs that take it along; nothing here acts on it. */
export function mediaOf(name: string): string {
  const ending = name.toLowerCase().split(".").at(-1) ?? "";
  return Object.hasOwn(MEDIA, ending) ? (MEDIA[ending] ?? "") : "text/plain";
}
