/**
 * One server on one database. The lock is an advisory lock of a connection of its own: PostgreSQL
 * frees it however that connection ends. Its heartbeat tells when the server is gone, also where
 * the network only falls silent; then nothing is asked of the database until the lock is held again,
 * for another Charla may have taken it.
 *
 * Whoever takes it ends the connections of the one before, and every connection that is to work shows
 * first that its server has the lock. So nothing is written by a server that has lost it, however late
 * it hears of that: a process that was stopped, a packet on its way.
 */
import pg from "pg";
import { held, IN_TURNS, LOCK, named, WORK } from "./holder.ts";
import { inUse, type Place, postgresError, unreachable } from "./postgres-errors.ts";

/** How long to wait at the start: a server that was killed is noticed within that, in milliseconds. */
const PATIENCE_MS = 5000;
const AGAIN_MS = 250;
/** A peer that vanished frees the lock after a minute, and not after the system's two hours. */
const KEEPALIVE =
  "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";
/** SQLSTATE of a lock that was waited for as long as it was to be. */
const TOO_LONG = "55P03";
/** Of a server that takes turns with others. */
export interface Turns {
  /** It waits for the lock as long as another one has it, until this is aborted. */
  readonly signal: AbortSignal;
  /** The lock is gone, and another one may have it: this server is over. */
  lost(): void;
}

interface Owner {
  readonly place: Place;
  readonly config: pg.ClientConfig;
  /** Ends every connection to the server at once; whoever waits on one is told. */
  cut(): void;
  readonly log: (line: string, error?: unknown) => void;
  /** Time between two heartbeats, and for the answer to one, in milliseconds. */
  readonly beatMs: number;
  readonly turns?: Turns | undefined;
}

export class DatabaseLock {
  readonly #owner: Owner;
  #client: pg.Client | undefined;
  /** Of the connection that has the lock, as PostgreSQL numbers it. */
  #pid = 0;
  #taken = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(owner: Owner) {
    this.#owner = owner;
  }

  /** @throws CharlaError `database_in_use`, `storage_unreachable`, `storage_refused`; the signal's reason */
  static async take(owner: Owner): Promise<DatabaseLock> {
    const lock = new DatabaseLock(owner);
    try {
      await (owner.turns ? lock.#wait(owner.turns.signal) : lock.#insist());
      return lock;
    } catch (thrown) {
      await lock.free();
      throw postgresError(thrown, owner.place);
    }
  }

  async #insist(): Promise<void> {
    for (const since = Date.now(); !(await this.#try()); ) {
      if (Date.now() - since > PATIENCE_MS) throw inUse(this.#owner.place);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    for (let first = true; ; first = false) {
      signal.throwIfAborted();
      try {
        if (await this.#try(signal)) return;
      } catch (thrown) {
        signal.throwIfAborted();
        // What is wrong from the beginning is told; a server that goes away later comes back.
        if (first) throw thrown;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  /** @throws CharlaError `storage_unreachable`, `database_in_use` while it is not held */
  check(): void {
    if (this.#client) return;
    throw this.#taken ? inUse(this.#owner.place) : unreachable(this.#owner.place);
  }

  /**
   * Lets a new connection work for the one that has the lock.
   *
   * @throws CharlaError `storage_unreachable`, `database_in_use` while it is not held
   */
  async admit(client: pg.ClientBase): Promise<void> {
    this.check();
    // In this order: whoever takes the lock afterwards finds the connection and ends it.
    await client.query(`select pg_advisory_lock_shared(${named(WORK)})`);
    const { rows } = await client.query(`select pid from pg_locks where ${held(LOCK)}`);
    if (rows[0]?.pid !== this.#pid) throw inUse(this.#owner.place);
  }

  async free(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  /**
   * @param patient waits for it until then
   * @returns whether the lock is held now
   */
  async #try(patient?: AbortSignal): Promise<boolean> {
    const { config, beatMs } = this.#owner;
    const name = patient && { application_name: IN_TURNS };
    const client = new pg.Client({ ...config, ...name, query_timeout: beatMs });
    // Until it holds the lock, its queries tell what is wrong.
    client.on("error", () => this.#lose(client));
    client.on("end", () => this.#lose(client));
    const leave = () => void client.end().catch(() => {});
    patient?.addEventListener("abort", leave);
    try {
      await client.connect();
      await client.query(KEEPALIVE);
      this.#taken = !(await (patient ? this.#inLine(client) : atOnce(client)));
      if (this.#taken || this.#closed) throw undefined;
      await outrun(client);
      const { rows } = await client.query("select pg_backend_pid() as pid");
      this.#pid = rows[0].pid;
    } catch (thrown) {
      await client.end().catch(() => {});
      if (thrown === undefined) return false;
      throw thrown;
    } finally {
      patient?.removeEventListener("abort", leave);
    }
    this.#client = client;
    this.#beatLater(client);
    return true;
  }

  /** As they came. What is asked anew now and then shows that the server still hears. */
  async #inLine(client: pg.Client): Promise<true> {
    await client.query(`set lock_timeout = ${Math.ceil(this.#owner.beatMs / 2)}`);
    for (;;) {
      try {
        await client.query(`select pg_advisory_lock(${named(LOCK)})`);
        await client.query("set lock_timeout = 0");
        return true;
      } catch (thrown) {
        if ((thrown as { code?: string }).code !== TOO_LONG) throw thrown;
      }
    }
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
    if (this.#owner.turns) this.#owner.turns.lost();
    else void this.#regain();
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

async function atOnce(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(`select pg_try_advisory_lock(${named(LOCK)}) as held`);
  return rows[0].held;
}

/** Ends what the one before has left, and waits until it is gone: a COMMIT on its way is done by then, or never. */
async function outrun(client: pg.Client): Promise<void> {
  await client.query(`select pg_terminate_backend(pid) from pg_locks where ${held(WORK)}`);
  await client.query(`select pg_advisory_lock(${named(WORK)})`);
  await client.query(`select pg_advisory_unlock(${named(WORK)})`);
}
