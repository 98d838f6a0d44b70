/**
 * The hashes of the log, in tiles of 256. Full tiles are stored once their entries are; what comes
 * after the last full one, at most 255 entries, is hashed when it is asked for. So an append costs no
 * hash, and a proof reads a few rows however large the log is.
 */
import type { Kysely } from "kysely";
import { utf8 } from "../core/tlog/bytes.ts";
import { type Hash, leafHash, type ReadNode, rootHash, treeOf } from "../core/tlog/merkle.ts";
import { hashesOf, TILE_WIDTH } from "../core/tlog/tiles.ts";
import type { Tables } from "./tables.ts";

/** Tiles of one transaction. */
const BATCH = 16;
/** Full tiles with their subtrees in memory, of 16 KiB each. */
const KEPT = 128;
/** Levels of the tree in a tile. */
const HEIGHT = 8;
const ANY = new Uint8Array(32);

interface Place {
  readonly level: number;
  readonly index: number;
}

interface Needed {
  readonly place: Place;
  /** Hashes of the tile. */
  readonly width: number;
}

export class Tree {
  readonly #db: Kysely<Tables>;
  /** Full tiles of entries; undefined before they are counted. */
  #full: number | undefined;
  readonly #kept = new Map<string, ReadNode>();
  #last: { readonly key: string; readonly width: number; readonly read: ReadNode } | undefined;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  /** Entries that are stored. */
  async size(): Promise<number> {
    const last = await this.#db
      .selectFrom("ledger_entry")
      .select((rows) => rows.fn.max("seq").as("seq"))
      .executeTakeFirst();
    return typeof last?.seq === "number" ? last.seq + 1 : 0;
  }

  async entries(from: number, to: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("ledger_entry")
      .select("entry")
      .where("seq", ">=", from)
      .where("seq", "<", to)
      .orderBy("seq")
      .execute();
    return rows.map(({ entry }) => entry);
  }

  async root(size: number): Promise<Hash> {
    return this.using((read) => rootHash(size, read));
  }

  /** Stores the tiles that are full by now. */
  async integrate(size: number): Promise<void> {
    const full = Math.floor(size / TILE_WIDTH);
    let done = await this.#counted();
    while (done < full) {
      const to = Math.min(full, done + BATCH);
      const from = done;
      await this.#db.transaction().execute(async (db) => {
        const tree = new Tree(db);
        for (let tile = from; tile < to; tile++)
          await tree.#store(0, tile, await tree.#fresh(tile));
      });
      this.#full = to;
      done = to;
    }
  }

  async #counted(): Promise<number> {
    if (this.#full === undefined) {
      const last = await this.#db
        .selectFrom("ledger_tile")
        .select((rows) => rows.fn.max("tile").as("tile"))
        .where("level", "=", 0)
        .executeTakeFirst();
      this.#full = typeof last?.tile === "number" ? last.tile + 1 : 0;
    }
    return this.#full;
  }

  /** Of the entries of a tile, as far as there are any. */
  async #fresh(tile: number): Promise<Hash[]> {
    const entries = await this.entries(tile * TILE_WIDTH, (tile + 1) * TILE_WIDTH);
    return entries.map((entry) => leafHash(utf8(entry)));
  }

  /** A full tile, whose root is a hash of the level above. */
  async #store(level: number, tile: number, hashes: readonly Hash[]): Promise<void> {
    const text = hashes.map((hash) => Buffer.from(hash));
    const values = { level, tile, hashes: Buffer.concat(text).toString("base64") };
    await this.#db
      .insertInto("ledger_tile")
      .values(values)
      .onConflict((row) => row.columns(["level", "tile"]).doUpdateSet({ hashes: values.hashes }))
      .execute();
    if (hashes.length < TILE_WIDTH) return;
    const above = Math.floor(tile / TILE_WIDTH);
    const row = await this.#stored(level + 1, above);
    const next = [...row.slice(0, tile % TILE_WIDTH), treeOf(hashes)(HEIGHT, 0)];
    await this.#store(level + 1, above, next);
  }

  async #stored(level: number, tile: number): Promise<Hash[]> {
    const row = await this.#db
      .selectFrom("ledger_tile")
      .select("hashes")
      .where("level", "=", level)
      .where("tile", "=", tile)
      .executeTakeFirst();
    return row ? (hashesOf(new Uint8Array(Buffer.from(row.hashes, "base64"))) ?? []) : [];
  }

  async hashes({ level, index }: Place): Promise<Hash[]> {
    if (level === 0 && index >= (await this.#counted())) return this.#fresh(index);
    return this.#stored(level, index);
  }

  /**
   * Computes with the hashes of subtrees. Which ones are needed is found out by a first run, since a
   * database answers later and a proof asks at once.
   */
  async using<Result>(work: (read: ReadNode) => Result): Promise<Result> {
    const needed = new Map<string, Needed>();
    work((level, index) => {
      const place = tileOf(level, index);
      const key = keyOf(place);
      const width = (index + 1) * 2 ** (level % HEIGHT) - place.index * TILE_WIDTH;
      needed.set(key, { place, width: Math.max(width, needed.get(key)?.width ?? 0) });
      return ANY;
    });
    const tiles = new Map<string, ReadNode>();
    for (const [key, one] of needed) tiles.set(key, await this.#read(key, one));
    return work((level, index) => {
      const place = tileOf(level, index);
      const inside = level % HEIGHT;
      const at = index - place.index * (TILE_WIDTH / 2 ** inside);
      return (tiles.get(keyOf(place)) as ReadNode)(inside, at);
    });
  }

  async #read(key: string, { place, width }: Needed): Promise<ReadNode> {
    const kept = this.#kept.get(key);
    if (kept) {
      // Used last, it is dropped last.
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    // Many proofs in a row are about the entries of the last tile, which grows.
    const last = this.#last;
    if (last?.key === key && last.width >= width) return last.read;
    const hashes = await this.hashes(place);
    const read = treeOf(hashes);
    if (hashes.length === TILE_WIDTH) this.#kept.set(key, read);
    else if (place.level === 0) this.#last = { key, width: hashes.length, read };
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size > KEPT) this.#kept.delete(oldest);
    return read;
  }
}

const keyOf = ({ level, index }: Place) => `${level}/${index}`;

/** The tile in which a subtree's hash is, or is made of the tile's. */
function tileOf(level: number, index: number): Place {
  const inside = level % HEIGHT;
  return {
    level: Math.floor(level / HEIGHT),
    index: Math.floor((index * 2 ** inside) / TILE_WIDTH),
  };
}
