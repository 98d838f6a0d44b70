/**
 * Transactions one at a time, and nothing else beside them, as it is with SQLite. So a feature that
 * reads, decides and writes in a transaction is right on both databases, and nothing has to be tried
 * again. Single statements run side by side. It holds within this process, which is enough: a
 * database has one server. See `docs/decisions/0013-one-writer-on-postgresql.md`.
 */
import { type DatabaseConnection, PostgresDriver, type TransactionSettings } from "kysely";

export class OneWriterDriver extends PostgresDriver {
  readonly #gate = new Gate();
  readonly #leave = new WeakMap<DatabaseConnection, () => void>();

  override async acquireConnection(): Promise<DatabaseConnection> {
    const leave = await this.#gate.enter("shared");
    try {
      const connection = await super.acquireConnection();
      this.#leave.set(connection, leave);
      return connection;
    } catch (thrown) {
      leave();
      throw thrown;
    }
  }

  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings) {
    // Two that waited for each other with their shared turns in hand would wait for ever.
    this.#leave.get(connection)?.();
    this.#leave.set(connection, await this.#gate.enter("alone"));
    await super.beginTransaction(connection, settings);
  }

  override async releaseConnection(connection: Parameters<PostgresDriver["releaseConnection"]>[0]) {
    this.#leave.get(connection)?.();
    this.#leave.delete(connection);
    await super.releaseConnection(connection);
  }
}

type Kind = "shared" | "alone";

/** In the order of arrival, so that nobody waits for ever. */
export class Gate {
  readonly #waiting: { readonly kind: Kind; readonly go: () => void }[] = [];
  #inside = 0;
  #alone = false;

  /** @returns what ends the turn; a second call does nothing */
  async enter(kind: Kind): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ kind, go: resolve });
    this.#next();
    await promise;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inside -= 1;
      this.#alone = false;
      this.#next();
    };
  }

  #next(): void {
    for (let first = this.#waiting[0]; first && !this.#alone; first = this.#waiting[0]) {
      if (first.kind === "alone" && this.#inside > 0) return;
      this.#waiting.shift();
      this.#inside += 1;
      this.#alone = first.kind === "alone";
      first.go();
    }
  }
}
