/** What is kept of a file beside its row: sealed blocks, each opened by itself. */
import type { Kysely, Transaction } from "kysely";
import type { Sealer } from "../../core/vault.ts";
import type { Section } from "./reading/sections.ts";
import type { Tables } from "./tables.ts";

export type BlockKind = Tables["knowledge_block"]["kind"];
type Db = Kysely<Tables> | Transaction<Tables>;

export const blockPlace = (file: string, kind: BlockKind, part: number) =>
  `file/${file}/${kind}/${part}`;

/** Bytes of a block of the original. */
const ORIGINAL = 2 ** 20;
/** Characters of a block of text, which is opened whole for each passage of it that is shown. */
const TEXT = 150_000;

export class Blocks {
  readonly #db: Db;
  readonly #sealer: Sealer;
  readonly #file: string;

  constructor(db: Db, sealer: Sealer, file: string) {
    this.#db = db;
    this.#sealer = sealer;
    this.#file = file;
  }

  async put(kind: BlockKind, part: number, bytes: Uint8Array): Promise<void> {
    const sealed = this.#sealer.sealBytes(bytes, blockPlace(this.#file, kind, part));
    await this.#db
      .insertInto("knowledge_block")
      .values({ file_id: this.#file, kind, part, sealed })
      .onConflict((conflict) =>
        conflict.columns(["file_id", "kind", "part"]).doUpdateSet({ sealed }),
      )
      .execute();
  }

  async get(kind: BlockKind, part: number): Promise<Uint8Array | undefined> {
    const row = await this.#db
      .selectFrom("knowledge_block")
      .select("sealed")
      .where("file_id", "=", this.#file)
      .where("kind", "=", kind)
      .where("part", "=", part)
      .executeTakeFirst();
    return row && this.#sealer.openBytes(row.sealed, blockPlace(this.#file, kind, part));
  }

  async remove(...kinds: readonly BlockKind[]): Promise<void> {
    await this.#db
      .deleteFrom("knowledge_block")
      .where("file_id", "=", this.#file)
      .where("kind", "in", kinds)
      .execute();
  }

  /**
   * Stores bytes as they come. What is refused is still read to its end: whoever sends hears of nothing
   * before.
   *
   * @param take is shown each piece and says whether it is wanted
   */
  async store(content: AsyncIterable<Uint8Array>, take: (bytes: Uint8Array) => boolean) {
    let waiting: Uint8Array[] = [];
    let [size, part] = [0, 0];
    const flush = async () => {
      if (size > 0) await this.put("original", part++, Buffer.concat(waiting));
      waiting = [];
      size = 0;
    };
    for await (const bytes of content) {
      if (!take(bytes)) continue;
      for (let from = 0; from < bytes.length; ) {
        const some = bytes.subarray(from, from + ORIGINAL - size);
        waiting.push(some);
        size += some.length;
        from += some.length;
        if (size === ORIGINAL) await flush();
      }
    }
    await flush();
  }

  /** The bytes as they came. */
  async *original(): AsyncGenerator<Uint8Array> {
    for (let part = 0; ; part++) {
      const bytes = await this.get("original", part);
      if (!bytes) return;
      yield bytes;
    }
  }

  /** Stores sections together. @returns the first section of each block */
  async storeText(sections: readonly Section[]): Promise<number[]> {
    const firsts: number[] = [];
    let waiting: Section[] = [];
    let size = 0;
    const flush = async (next: number) => {
      if (waiting.length === 0) return;
      firsts.push(next - waiting.length);
      await this.put("text", firsts.length - 1, Buffer.from(JSON.stringify(waiting)));
      waiting = [];
      size = 0;
    };
    for (const [index, section] of sections.entries()) {
      waiting.push(section);
      size += section.text.length;
      if (size > TEXT) await flush(index + 1);
    }
    await flush(sections.length);
    return firsts;
  }

  /** @param firsts as `storeText` gave them */
  async section(firsts: readonly number[], at: number): Promise<Section | undefined> {
    const part = firsts.findLastIndex((first) => first <= at);
    const bytes = part < 0 ? undefined : await this.get("text", part);
    if (!bytes) return undefined;
    const sections: Section[] = JSON.parse(Buffer.from(bytes).toString());
    return sections[at - (firsts[part] ?? 0)];
  }

  /** All of them, in order. */
  async *sections(): AsyncGenerator<Section> {
    for (let part = 0; ; part++) {
      const bytes = await this.get("text", part);
      if (!bytes) return;
      yield* JSON.parse(Buffer.from(bytes).toString()) as Section[];
    }
  }
}
