/**
 * Tries at a secret: passwords, codes, tokens of links. After a few wrong ones each further try has
 * to wait, twice as long every time. What counts is the account from one network; the network alone,
 * for who tries many accounts; and the account alone, for who comes from many networks. The last
 * waits for a minute at most: nobody can lock others out for longer by being wrong in their name.
 *
 * Counted in the database, so that a restart forgives nothing, and without the name of the account.
 */
import { hash } from "node:crypto";
import { CompiledQuery } from "kysely";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { normal } from "../../core/normal.ts";
import { tooManyTries } from "./errors.ts";
import { type Database, isPostgres } from "./tables.ts";

/** In seconds. */
const DAY = 86_400;
const HOUR = 3600;
const MINUTE = 60;
/** Of the tries of one network at one account. */
const FOR_A_NETWORK = 4;
const FOR_AN_ACCOUNT = 6;

interface Key {
  readonly key: string;
  /** Wrong tries without a wait. */
  readonly free: number;
  readonly longest: number;
}

export interface Attempt {
  /** The secret was right: what was wrong before is forgotten, but not for the network. */
  right(): Promise<void>;
  /** It was not looked at. */
  undecided(): Promise<void>;
}

export class Attempts {
  readonly #free: number;
  readonly #wrong: RateLimiterPostgres;
  readonly #pauses: RateLimiterPostgres;

  /** @param free wrong tries before waiting begins */
  constructor(db: Database, free: number) {
    this.#free = free;
    this.#wrong = limiter(db, "wrong", DAY);
    // Of one try for as long as it says at each; the only one of a burst is the first.
    this.#pauses = limiter(db, "pause", DAY);
  }

  /**
   * Counts the try as a wrong one until it is said to be right: a burst is counted in full before
   * any of it is answered.
   *
   * @throws CharlaError `tries_limited`
   */
  async begin(network: string, account: string | undefined): Promise<Attempt> {
    const keys = this.#keys(network, account);
    const counted: Key[] = [];
    const takeBack = async () => {
      for (const { key } of counted) await this.#wrong.reward(key);
    };
    for (const one of keys) {
      const { consumedPoints } = await this.#wrong.penalty(one.key);
      counted.push(one);
      const wait = await this.#pause(one, consumedPoints);
      if (wait === 0) continue;
      await takeBack();
      throw tooManyTries(wait);
    }
    const own = keys.filter(({ key }) => key !== networkKey(network));
    return {
      undecided: takeBack,
      right: async () => {
        await this.#wrong.reward(networkKey(network));
        for (const { key } of own) {
          await Promise.all([this.#wrong.delete(key), this.#pauses.delete(key)]);
        }
      },
    };
  }

  /** Milliseconds to wait; 0 lets this one through and keeps the next one waiting. */
  async #pause({ key, free, longest }: Key, wrong: number): Promise<number> {
    if (wrong <= free) return 0;
    const customDuration = Math.min(longest, 2 ** (wrong - free - 1));
    try {
      await this.#pauses.consume(key, 1, { customDuration });
      return 0;
    } catch (thrown) {
      if (thrown instanceof RateLimiterRes) return Math.max(1, thrown.msBeforeNext);
      throw thrown;
    }
  }

  #keys(network: string, account: string | undefined): readonly Key[] {
    const free = this.#free;
    const all = { key: networkKey(network), free: free * FOR_A_NETWORK, longest: HOUR };
    if (account === undefined) return [all];
    const name = normal(account, "NFKC").trim().toLowerCase();
    return [
      all,
      { key: digestOf("both", network, name), free, longest: HOUR },
      { key: digestOf("account", name), free: free * FOR_AN_ACCOUNT, longest: MINUTE },
    ];
  }
}

const networkKey = (network: string) => digestOf("network", network);

const digestOf = (...parts: readonly string[]) =>
  hash("sha256", JSON.stringify(parts), "base64url");

/** When the database is away, it is counted in memory: nobody gets more tries by that. */
function limiter(db: Database, keyPrefix: string, duration: number): RateLimiterPostgres {
  const bucket = { keyPrefix, points: 1, duration };
  return new RateLimiterPostgres({
    ...bucket,
    storeClient: { query: (asked: Asked) => query(db, asked) },
    storeType: "client",
    tableName: "limits_try",
    tableCreated: true,
    insuranceLimiter: new RateLimiterMemory(bucket),
  });
}

interface Asked {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Its statements are ones that SQLite understands as well, but for how it numbers the values. */
async function query(db: Database, { text, values }: Asked) {
  const statement = isPostgres(db) ? text : text.replace(/\$(\d)/g, "?$1");
  const { rows, numAffectedRows } = await db.executeQuery(
    CompiledQuery.raw(statement, [...values]),
  );
  return { rows, rowCount: Number(numAffectedRows ?? 0) || rows.length };
}
