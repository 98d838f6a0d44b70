/** The anchors that are known here, and whether it is time for the next. */
import { hash } from "node:crypto";
import type { Kysely } from "kysely";
import * as z from "zod";
import type { Ledger } from "../../../core/ledger.ts";
import { HOUR_MS } from "../../../core/time.ts";
import type { Groups } from "../membership/groups.ts";
import type { Hex } from "./contract.ts";
import type { Tables } from "./tables.ts";
import { isDevelopment } from "./types.ts";
import type { Place } from "./worker.ts";

export const anchor = z.object({
  /** Entries of the log. */
  size: z.number(),
  chain: z.number(),
  /** The chain is on one machine only, for development: it proves nothing to others. */
  development: z.boolean(),
  contract: z.string(),
  transaction: z.string(),
  block: z.number(),
  blockHash: z.string(),
  /** The signed checkpoint whose SHA-256 is in the chain. */
  note: z.string(),
  at: z.iso.datetime(),
});
export type Anchor = z.output<typeof anchor>;

/** The log as it is to be anchored; kept by a job, so that it goes on with the same. */
export const pending = z.object({
  size: z.number(),
  /** Hexadecimal, 32 bytes. */
  root: z.string(),
  note: z.string(),
  /** Root of the newest group of secrets, hexadecimal; absent where there is none. */
  zkRoot: z.string().optional(),
});
export type Pending = z.output<typeof pending>;

export class Anchors {
  readonly #db: Kysely<Tables>;
  readonly #ledger: Ledger;
  readonly #groups: Pick<Groups, "renew">;

  constructor(db: Kysely<Tables>, ledger: Ledger, groups: Pick<Groups, "renew">) {
    this.#db = db;
    this.#ledger = ledger;
    this.#groups = groups;
  }

  /** Newest first. */
  async list(limit = 100): Promise<readonly Anchor[]> {
    const rows = await this.#db
      .selectFrom("anchor")
      .selectAll()
      .orderBy("size", "desc")
      .limit(limit)
      .execute();
    return rows.map(
      ({ transaction_hash: transaction, block_hash: blockHash, created_at: at, ...row }) => ({
        ...{ ...row, transaction, blockHash, at },
        development: isDevelopment(row.chain),
      }),
    );
  }

  /** What is to be anchored now; undefined when the newest anchor has it all. */
  async next(): Promise<Pending | undefined> {
    const { size, root, note } = await this.#ledger.checkpoint();
    const [last] = await this.list(1);
    if (size === 0 || size === last?.size) return undefined;
    return { size, root: Buffer.from(root).toString("hex"), note };
  }

  /** The same, once the log has named the group of all secrets in it. */
  async take(): Promise<Pending | undefined> {
    const group = await this.#groups.renew();
    const next = await this.next();
    return next && { ...next, ...(group && { zkRoot: group.root }) };
  }

  /** Whether the policy wants an anchor now. */
  async due(every: { readonly hours: number; readonly entries: number }): Promise<boolean> {
    const next = await this.next();
    if (!next) return false;
    const [last] = await this.list(1);
    const age = Date.now() - Date.parse(last?.at ?? "1970-01-01T00:00:00Z");
    const grown = next.size - (last?.size ?? 0);
    return (
      (every.hours > 0 && age >= every.hours * HOUR_MS) ||
      (every.entries > 0 && grown >= every.entries)
    );
  }

  async save({ size, note }: Pending, place: Place): Promise<void> {
    await this.#db
      .insertInto("anchor")
      .values({
        ...{ size, note, chain: place.chain, contract: place.contract },
        ...{ transaction_hash: place.transaction, block_hash: place.blockHash },
        block: place.block,
        created_at: new Date(place.time * 1000).toISOString(),
      })
      .onConflict((conflict) => conflict.column("size").doNothing())
      .execute();
  }
}

export const noteHash = (note: string): Hex => `0x${hash("sha256", note, "hex")}`;
