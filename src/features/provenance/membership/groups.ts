/**
 * Groups of leaves: each is named by an entry of the log, so that its root is signed and anchored with
 * all the rest, and whoever reads the log can compute it again.
 */
import type { Kysely, Transaction } from "kysely";
import type { Ledger } from "../../../core/ledger.ts";
import { pauses } from "../../../core/slices.ts";
import { groupSmall, noSuchGroup } from "./errors.ts";
import { LEAST_LEAVES, MOST_LEAVES, NOBODY, type Peaks, rootOf, withLeaf } from "./group.ts";
import { fieldText } from "./identity.ts";
import type { Tables } from "./tables.ts";

export interface Group {
  /** Index of its entry in the log. */
  readonly seq: number;
  readonly leaves: number;
  /** It has the leaves of all entries before this index. */
  readonly before: number;
  /** 64 hexadecimal digits. */
  readonly root: string;
}

export class Groups {
  readonly #db: Kysely<Tables>;
  readonly #ledger: Ledger;
  /** One is made at a time. */
  #making: Promise<Group | undefined> | undefined;

  constructor(db: Kysely<Tables>, ledger: Ledger) {
    this.#db = db;
    this.#ledger = ledger;
  }

  /** How many leaves there are, whether a group has them or not. */
  async count(): Promise<number> {
    const { count } = await this.#db
      .selectFrom("membership_leaf")
      .select((rows) => rows.fn.countAll<number | string>().as("count"))
      .executeTakeFirstOrThrow();
    return Math.min(Number(count), MOST_LEAVES);
  }

  /**
   * The group of all leaves, which is made where there are more than the last one has.
   *
   * @throws CharlaError `membership_group_small`
   */
  async newest(): Promise<Group> {
    const group = await this.renew();
    if (!group) throw groupSmall(await this.count());
    return group;
  }

  /** The same; undefined where there are too few. */
  renew(): Promise<Group | undefined> {
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  async #make(): Promise<Group | undefined> {
    const last = await this.#db
      .selectFrom("membership_group")
      .selectAll()
      .orderBy("seq", "desc")
      .executeTakeFirst();
    const { size: before } = await this.#ledger.checkpoint();
    const rows = await this.#db
      .selectFrom("membership_leaf")
      .select("leaf")
      .where("seq", ">=", last?.before ?? 0)
      .where("seq", "<", before)
      .orderBy("seq")
      .limit(MOST_LEAVES - (last?.leaves ?? 0))
      .execute();
    const known = last && { ...last, seq: Number(last.seq) };
    if (rows.length === 0 || (last?.leaves ?? 0) + rows.length < LEAST_LEAVES) return known;
    const pause = pauses();
    let peaks: Peaks = last ? { size: last.leaves, roots: parsePeaks(last.peaks) } : NOBODY;
    for (const { leaf } of rows) {
      peaks = withLeaf(peaks, BigInt(`0x${leaf}`));
      await pause();
    }
    return this.#store(peaks, before);
  }

  #store(peaks: Peaks, before: number): Promise<Group> {
    const leaves = peaks.size;
    const root = fieldText(rootOf(peaks));
    const kept = peaks.roots.map(fieldText).join(" ");
    const entry = { v: 1, ts: new Date().toISOString(), kind: "group", leaves, before, root };
    return this.#db.transaction().execute(async (trx) => {
      const seq = await this.#ledger.append(trx, [entry]);
      await trx
        .insertInto("membership_group")
        .values({ seq, leaves, before, root, peaks: kept })
        .execute();
      return { seq, leaves, before, root };
    });
  }

  /**
   * The leaves of a group, in their order.
   *
   * @param seq index of the group's entry. @throws CharlaError `membership_group_unknown`
   */
  async leaves(seq: number): Promise<readonly string[]> {
    const group = await this.#db
      .selectFrom("membership_group")
      .selectAll()
      .where("seq", "=", seq)
      .executeTakeFirst();
    if (!group) throw noSuchGroup();
    const rows = await this.#db
      .selectFrom("membership_leaf")
      .select("leaf")
      .where("seq", "<", group.before)
      .orderBy("seq")
      .limit(group.leaves)
      .execute();
    return rows.map(({ leaf }) => leaf);
  }
}

/** In the transaction that stores the entry. */
export async function storeLeaf(
  db: Transaction<Tables>,
  row: Tables["membership_leaf"],
): Promise<void> {
  await db.insertInto("membership_leaf").values(row).execute();
}

const parsePeaks = (text: string) => text.split(" ").map((root) => BigInt(`0x${root}`));
