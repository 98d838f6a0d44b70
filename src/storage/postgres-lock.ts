/**
 * One server on one database. The lock is an advisory lock of a connection of its own: PostgreSQL
 * frees it however that connection ends. Its heartbeat tells when the server is gone, also where
 * the network only falls silent; then nothing is asked of the database until the lock is held again,
 * for another Charla may have taken it.
 */
import pg from "pg";
import { inUse, type Place, postgresError, unreachable } from "./postgres-errors.ts";

/** "CHAR" in ASCII: the first half of the lock's name; the second is that of the schema. */
const LOCK = 0x43_48_41_52;
/** How long to wait at the start: a server that was killed is noticed within that, in milliseconds. */
const PATIENCE_MS = 5000;
const AGAIN_MS = 250;
/** A peer that vanished frees the lock after a minute, and not after the system's two hours. */
const KEEPALIVE =
  "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";

interface Owner {
  readonly place: Place;
  readonly config: pg.ClientConfig;
  /** Ends every connection to the server at once; whoever waits on one is told. */
  cut(): void;
  readonly log: (line: string, error?: unknown) => void;
  /** Time between two heartbeats, and for the answer to one, in milliseconds. */
  readonly beatMs: number;
}

export class DatabaseLock {
  readonly #owner: Owner;
  #client: pg.Client | undefined;
  #taken = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(owner: Owner) {
    this.#owner = owner;
  }

  /** @throws CharlaError `database_in_use`, `storage_unreachable`, `storage_refused` */
  static async take(owner: Owner): Promise<DatabaseLock> {
    const lock = new DatabaseLock(owner);
    try {
      for (const since = Date.now(); !(await lock.#try()); ) {
        if (Date.now() - since > PATIENCE_MS) throw inUse(owner.place);
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
      return lock;
    } catch (thrown) {
      await lock.free();
      throw postgresError(thrown, owner.place);
    }
  }

  /** @throws CharlaError `storage_unreachable`, `database_in_use` while it is not held */
  check(): void {
    if (this.#client) return;
    throw this.#taken ? inUse(this.#owner.place) : unreachable(this.#owner.place);
  }

  async free(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  /** @returns whether the lock is held now */
  async #try(): Promise<boolean> {
    const client = new pg.Client({ ...this.#owner.config, query_timeout: this.#owner.beatMs });
    // Until it holds the lock, its queries tell what is wrong.
    client.on("error", () => this.#lose(client));
    client.on("end", () => this.#lose(client));
    try {
      await client.connect();
      await client.query(KEEPALIVE);
      const { rows } = await client.query(
        "select pg_try_advisory_lock($1, hashtext(current_schema())) as held",
        [LOCK],
      );
      this.#taken = !rows[0].held;
      if (this.#taken || this.#closed) throw undefined;
    } catch (thrown) {
      await client.end().catch(() => {});
      if (thrown === undefined) return false;
      throw thrown;
    }
    this.#client = client;
    this.#beatLater(client);
    return true;
  }

  #beatLater(client: pg.Client): void {
    this.#timer = setTimeout(() => this.#beat(client), this.#owner.beatMs).unref();
  }

  async #beat(client: pg.Client): Promise<void> {
    try {
      await client.query("select 1");
      if (this.#client === client) this.#beatLater(client);
    } catch {
      this.#lose(client);
    }
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    clearTimeout(this.#timer);
    this.#owner.log(`the database ${this.#owner.place.path} is gone`);
    this.#owner.cut();
    void this.#regain();
  }

  async #regain(): Promise<void> {
    while (!this.#closed) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      try {
        if (!(await this.#try())) continue;
        return this.#owner.log(`the database ${this.#owner.place.path} is back`);
      } catch {
        // It was said that it is gone; what is asked of it meanwhile gets `storage_unreachable`.
      }
    }
  }
}
