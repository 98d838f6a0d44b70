/**
 * Tokens by month and person. Before an answer begins, as many tokens as it may have are kept for
 * it, so that no number of answers at once gets more than what is left; what it has not used is
 * given back at its end. What was written is stored within a second, whoever has left by then.
 */
import { InTurn } from "../../core/in-turn.ts";
import { budgetHeld, budgetSpent } from "./errors.ts";
import type { Database, LimitsDatabase } from "./tables.ts";

/** How long written tokens may be missing in the database, in milliseconds. */
const STORE_MS = 1000;

export interface Balance {
  /** 0 is no limit. */
  readonly limit: number;
  readonly used: number;
  /** What an administrator has decided; null where nobody has. */
  readonly decided: number | null;
  /** When the next month begins, UTC. */
  readonly resets: Date;
}

/** What is kept for one answer. */
export interface Share {
  /** The most that it may have. */
  readonly tokens: number;
  /** So many were written. */
  charge(tokens: number): void;
  /** Stores what was written and gives back the rest. */
  close(): Promise<void>;
}

export class Budget {
  readonly #db: LimitsDatabase;
  readonly #usual: number;
  readonly #now: () => Date;
  /** Kept for answers that are being written, by person. */
  readonly #kept = new Map<string, number>();
  /** Changes of a person's numbers. */
  readonly #turns = new InTurn();

  /** @param usual tokens for a month where an administrator has decided nothing; 0 for no limit */
  constructor(db: Database, usual: number, now: () => Date = () => new Date()) {
    this.#db = db;
    this.#usual = usual;
    this.#now = now;
  }

  async balance(person: string): Promise<Balance> {
    const now = this.#now();
    const own = await this.#db
      .selectFrom("limits_budget")
      .select("tokens")
      .where("person", "=", person)
      .executeTakeFirst();
    const month = await this.#db
      .selectFrom("limits_month")
      .select("tokens")
      .where("person", "=", person)
      .where("month", "=", monthOf(now))
      .executeTakeFirst();
    const decided = own ? Number(own.tokens) : null;
    return {
      limit: decided ?? this.#usual,
      decided,
      used: Number(month?.tokens ?? 0),
      resets: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)),
    };
  }

  /**
   * @param wish the most that the answer is to have
   * @throws CharlaError `budget_spent`, `budget_held`
   */
  async open(person: string, wish: number): Promise<Share> {
    const tokens = await this.#turns.do(person, async () => {
      const { limit, used, resets } = await this.balance(person);
      const kept = this.#kept.get(person) ?? 0;
      const left = limit === 0 ? wish : limit - used;
      if (left <= 0) throw budgetSpent(limit, resets.getTime() - this.#now().getTime());
      const free = limit === 0 ? wish : left - kept;
      if (free <= 0) throw budgetHeld();
      const share = Math.min(wish, free);
      this.#keep(person, share);
      return share;
    });
    let [written, stored, kept] = [0, 0, tokens];
    let later: NodeJS.Timeout | undefined;
    const store = () =>
      this.#turns.do(person, async () => {
        const amount = written - stored;
        if (amount === 0) return;
        await this.#add(person, amount);
        stored += amount;
        // What is in the database need not be kept any more.
        const freed = Math.min(kept, amount);
        kept -= freed;
        this.#keep(person, -freed);
      });
    return {
      tokens,
      charge(amount) {
        written += amount;
        // A store that fails now is tried again at the end, whose failure is told.
        later ??= setTimeout(() => {
          later = undefined;
          store().catch(() => {});
        }, STORE_MS);
      },
      close: async () => {
        clearTimeout(later);
        try {
          await store();
        } finally {
          this.#keep(person, -kept);
          kept = 0;
        }
      },
    };
  }

  async set(person: string, tokens: number | null): Promise<void> {
    if (tokens === null) {
      await this.#db.deleteFrom("limits_budget").where("person", "=", person).execute();
      return;
    }
    await this.#db
      .insertInto("limits_budget")
      .values({ person, tokens })
      .onConflict((conflict) => conflict.column("person").doUpdateSet({ tokens }))
      .execute();
  }

  async months(person: string): Promise<readonly { month: string; tokens: number }[]> {
    const rows = await this.#db
      .selectFrom("limits_month")
      .select(["month", "tokens"])
      .where("person", "=", person)
      .orderBy("month")
      .execute();
    return rows.map(({ month, tokens }) => ({ month, tokens: Number(tokens) }));
  }

  /** @returns how many rows there were */
  async erase(person: string): Promise<number> {
    return this.#turns.do(person, async () => {
      let count = 0;
      for (const table of ["limits_month", "limits_budget"] as const) {
        const done = await this.#db.deleteFrom(table).where("person", "=", person).execute();
        for (const { numDeletedRows } of done) count += Number(numDeletedRows);
      }
      return count;
    });
  }

  async #add(person: string, tokens: number): Promise<void> {
    const month = monthOf(this.#now());
    await this.#db
      .insertInto("limits_month")
      .values({ person, month, tokens })
      .onConflict((conflict) =>
        conflict.columns(["person", "month"]).doUpdateSet((eb) => ({
          tokens: eb("limits_month.tokens", "+", tokens),
        })),
      )
      .execute();
  }

  #keep(person: string, tokens: number): void {
    const kept = (this.#kept.get(person) ?? 0) + tokens;
    if (kept === 0) this.#kept.delete(person);
    else this.#kept.set(person, kept);
  }

  /** One after the other for each person, so that what is left is never counted half-way. */
}

const monthOf = (date: Date) => date.toISOString().slice(0, 7);
