/**
 * Transactions one at a time, and nothing else beside them, as it is with SQLite. So a feature that
 * reads, decides and writes in a transaction is right on both databases, and nothing has to be tried
 * again. Single statements run side by side. It holds within this process, which is enough: a
 * database has one server. See `docs/decisions/0013-one-writer-on-postgresql.md`.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDriver,
  type QueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";

type Real = Parameters<PostgresDriver["rollbackTransaction"]>[0];

export class OneWriterDriver implements Driver {
  readonly #inner: PostgresDriver;
  readonly #gate = new Gate();

  constructor(...options: ConstructorParameters<typeof PostgresDriver>) {
    this.#inner = new PostgresDriver(...options);
  }

  init(): Promise<void> {
    return this.#inner.init();
  }

  async acquireConnection(): Promise<Turn> {
    return new Turn(this.#inner, this.#gate);
  }

  async beginTransaction(turn: Turn, settings: TransactionSettings): Promise<void> {
    await this.#inner.beginTransaction(await turn.alone(), settings);
  }

  async commitTransaction(turn: Turn): Promise<void> {
    await this.#inner.commitTransaction(await turn.connection());
  }

  async rollbackTransaction(turn: Turn): Promise<void> {
    await this.#inner.rollbackTransaction(await turn.connection());
  }

  async savepoint(turn: Turn, name: string, compile: QueryCompiler["compileQuery"]) {
    await this.#inner.savepoint(await turn.connection(), name, compile);
  }

  async rollbackToSavepoint(turn: Turn, name: string, compile: QueryCompiler["compileQuery"]) {
    await this.#inner.rollbackToSavepoint(await turn.connection(), name, compile);
  }

  async releaseSavepoint(turn: Turn, name: string, compile: QueryCompiler["compileQuery"]) {
    await this.#inner.releaseSavepoint(await turn.connection(), name, compile);
  }

  releaseConnection(turn: Turn): Promise<void> {
    return turn.end();
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }
}

/**
 * What Kysely takes for a connection. A real one is taken when the turn comes, and not before: those
 * who wait with one in hand would keep the one who is next from getting any.
 */
class Turn implements DatabaseConnection {
  readonly #driver: PostgresDriver;
  readonly #gate: Gate;
  #leave: (() => void) | undefined;
  #real: Promise<Real> | undefined;

  constructor(driver: PostgresDriver, gate: Gate) {
    this.#driver = driver;
    this.#gate = gate;
  }

  connection(): Promise<Real> {
    this.#real ??= this.#take("shared");
    return this.#real;
  }

  async alone(): Promise<Real> {
    if (!this.#real) {
      this.#real = this.#take("alone");
      return this.#real;
    }
    // A statement came before; two that waited for each other with their turns in hand would hang.
    this.#leave?.();
    this.#leave = await this.#gate.enter("alone");
    return this.#real;
  }

  async #take(kind: Kind): Promise<Real> {
    this.#leave = await this.#gate.enter(kind);
    return (await this.#driver.acquireConnection()) as Real;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return (await this.connection()).executeQuery<Row>(query);
  }

  async *streamQuery<Row>(query: CompiledQuery, chunk: number): AsyncGenerator<QueryResult<Row>> {
    yield* (await this.connection()).streamQuery<Row>(query, chunk);
  }

  async end(): Promise<void> {
    try {
      const real = await this.#real?.catch(() => undefined);
      if (real) await this.#driver.releaseConnection(real);
    } finally {
      this.#leave?.();
    }
  }
}

type Kind = "shared" | "alone";

/** In the order of arrival, so that nobody waits for ever. */
class Gate {
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
