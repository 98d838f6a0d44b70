/**
 * Kysely over PostgreSQL, so that features see the same as with SQLite: texts in the order of their
 * bytes, whole numbers as numbers, one writer at a time. A server that goes away gives errors that
 * can be tried again, and the pool recovers when it is back.
 */
import { Socket } from "node:net";
import {
  AlterColumnNode,
  ColumnDefinitionNode,
  type DataTypeNode,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  type PostgresPool,
  type PostgresPoolClient,
  PostgresQueryCompiler,
  sql,
} from "kysely";
import pg from "pg";
import { CharlaError } from "../core/errors.ts";
import { OneWriterDriver } from "./one-writer.ts";
import { type Place, postgresError } from "./postgres-errors.ts";
import { DatabaseLock, type Turns } from "./postgres-lock.ts";

const CONNECTIONS = 10;
/** Time to connect, and to wait for one of the connections, in milliseconds. */
const CONNECT_MS = 10_000;
const WAIT_MS = 30_000;
const BEAT_MS = 10_000;
/** Those who wait for their turn look whether the one that has it still does something. */
export const BEAT_IN_TURNS_MS = 5000;

export interface PostgresOptions {
  /** Refuses a database that another server holds, and holds it until it is closed. */
  readonly lock: boolean;
  readonly log: (line: string, error?: unknown) => void;
  /** Between two heartbeats, in milliseconds: a silent network is noticed within two of them. */
  readonly beatMs?: number | undefined;
  /** Absent for one that is alone on its database, and refuses what another has. */
  readonly turns?: Turns | undefined;
}

/** @throws CharlaError `storage_unreachable`, `storage_refused`, `database_in_use` */
export async function openPostgres(
  url: string,
  { lock: locked, log, turns, beatMs = turns ? BEAT_IN_TURNS_MS : BEAT_MS }: PostgresOptions,
) {
  const sockets = new Set<Socket>();
  const config: pg.PoolConfig = {
    connectionString: url,
    application_name: "charla",
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    max: CONNECTIONS,
    types: { getTypeParser: parser as typeof pg.types.getTypeParser },
    stream() {
      const socket = new Socket();
      sockets.add(socket.once("close", () => sockets.delete(socket)));
      return socket;
    },
  };
  const { host, port, database = "", user = "" } = new pg.Client(config);
  const place = { path: `${host}:${port}/${database}`, user };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };

  const owner = { place, config, cut, log, beatMs, turns };
  const lock = locked ? await DatabaseLock.take(owner) : undefined;
  const pool = new pg.Pool({
    ...config,
    connectionTimeoutMillis: WAIT_MS,
    onConnect: (client) => lock?.admit(client),
  });
  // Whoever uses the connection is told by its query; nobody listens to one that is idle.
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));
  const guarded: PostgresPool = {
    async connect() {
      lock?.check();
      try {
        return guard(await pool.connect(), place);
      } catch (thrown) {
        throw postgresError(thrown, place);
      }
    },
    end: () => pool.end(),
    options: pool.options,
  };
  // biome-ignore lint/suspicious/noExplicitAny: the tables belong to the features
  const db = new Kysely<any>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new OneWriterDriver({ pool: guarded }),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new ByteOrder(),
    },
  });
  let closing: Promise<void> | undefined;
  const close = async () => {
    // A server that does not answer is not waited for.
    const hung = setTimeout(cut, CONNECT_MS);
    await db.destroy();
    await lock?.free();
    clearTimeout(hung);
  };
  return { db, path: place.path, close: () => (closing ??= close()) };
}

/** What there is, for `charla doctor`. */
export async function lookAt(url: string) {
  const { db, path, close } = await openPostgres(url, { lock: false, log() {} });
  try {
    const { rows } = await sql<{ version: string; bytes: number }>`
      select current_setting('server_version') as version,
        pg_database_size(current_database()) as bytes`.execute(db);
    const { version = "", bytes = 0 } = rows[0] ?? {};
    return { path, version, bytes };
  } finally {
    await close();
  }
}

/** Numbers where SQLite has numbers: of `bigint` (also counts) and `numeric` (also sums). */
function parser(type: number, format?: "text" | "binary") {
  const { INT8, NUMERIC } = pg.types.builtins;
  if (type === INT8 || type === NUMERIC) return toNumber;
  return pg.types.getTypeParser(type, format as "text");
}

function toNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new RangeError("a number of the database is too large to be one here");
  }
  return value;
}

/** Texts are ordered and compared by their bytes, whatever language the server's is. */
class ByteOrder extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    super.visitDataType(node);
    const parent = this.parentNode;
    const column = parent && (ColumnDefinitionNode.is(parent) || AlterColumnNode.is(parent));
    if (column && /^(text|varchar|char)\b/.test(node.dataType)) this.append(' collate "C"');
  }
}

function guard(client: pg.PoolClient, place: Place): PostgresPoolClient {
  let broken = false;
  const query = async (statement: string, values: readonly unknown[] = []) => {
    try {
      return await client.query(statement, values.map(storable));
    } catch (thrown) {
      const error = postgresError(thrown, place);
      broken ||= error instanceof CharlaError && error.code === "storage_unreachable";
      throw error;
    }
  };
  return {
    // Kysely's type also has cursors, which are used where one is handed to its dialect.
    query: query as unknown as PostgresPoolClient["query"],
    release: (discard = false) => client.release(discard || broken),
  };
}

/** PostgreSQL's texts hold every character but this one; no id and no word that is looked for has it. */
const storable = (value: unknown) =>
  typeof value === "string" ? value.replaceAll("\0", "\uFFFD") : value;
