/**
 * What can go wrong with a PostgreSQL server, as errors that say what to do. None of them holds the
 * password, nor what a row holds.
 * Source: PostgreSQL's "Appendix A. PostgreSQL Error Codes"; its first two characters are the class.
 */
import { CharlaError, type ErrorOptions } from "../core/errors.ts";
import { busy, FULL } from "./errors.ts";

/** The part of the server's name that may be shown: host, port and database. */
export interface Place {
  readonly path: string;
  readonly user: string;
}

const UNREACHABLE: ErrorOptions = {
  status: 503,
  message: "The database {path} does not answer.",
  hint: "Check that the PostgreSQL server runs and can be reached; what was saved is still there.",
  retryable: true,
};

const REFUSED: ErrorOptions = {
  message: "The database {path} does not let {user} in, or not do what is needed: {reason}.",
  hint: "Check user, password and database in CHARLA_DATABASE_URL; the database has to exist and be that user's own.",
};

/** By SQLSTATE, or its class. */
const BY_STATE: Readonly<Record<string, readonly [code: string, ErrorOptions]>> = {
  // Connection exceptions; too many connections; shut down, starting up or in recovery.
  "08": ["storage_unreachable", UNREACHABLE],
  "53300": ["storage_unreachable", UNREACHABLE],
  "57P": ["storage_unreachable", UNREACHABLE],
  // A server that only reads is one whose place another is about to take.
  "25006": ["storage_unreachable", UNREACHABLE],
  "53100": ["storage_full", FULL],
  // Serialization failure, deadlock; a lock that another program holds.
  "40": ["storage_busy", busy()],
  "55P03": ["storage_busy", busy()],
  "28": ["storage_refused", REFUSED],
  "3D": ["storage_refused", REFUSED],
  "42501": ["storage_refused", REFUSED],
};

/** What `pg` or the network threw, as the one class of error. */
export function postgresError(thrown: unknown, { path, user }: Place): unknown {
  if (thrown instanceof CharlaError || !(thrown instanceof Error)) return thrown;
  const { code = "", detail } = thrown as Error & { code?: string; detail?: string };
  const known = BY_STATE[code] ?? BY_STATE[code.slice(0, 3)] ?? BY_STATE[code.slice(0, 2)];
  const [name, options] = known ?? (lost(thrown, code) ? ["storage_unreachable", UNREACHABLE] : []);
  if (!name || !options) return withoutValues(thrown, code, detail);
  const params = { path, user, reason: thrown.message };
  return new CharlaError(name, { ...options, params, cause: thrown });
}

/** The server repeats values of rows in what it says, and the log may hold none. */
function withoutValues(thrown: Error, code: string, detail: string | undefined): Error {
  // Data exceptions have them in their message.
  if (code.startsWith("22"))
    return Object.assign(new Error(`PostgreSQL refuses a value: ${code}`), { code });
  return detail === undefined
    ? thrown
    : Object.assign(thrown, { detail: undefined, where: undefined });
}

/** Errors of the socket have the system's code; those of `pg` itself have none. */
function lost(thrown: Error, code: string): boolean {
  if (/^E[A-Z]+$/.test(code)) return true;
  return (
    code === "" &&
    /^(Connection terminated|timeout exceeded|timeout expired|Query read timeout|Client (was|has)|The server does not support SSL|Cannot use a pool)/.test(
      thrown.message,
    )
  );
}

/** While the connection that holds the lock is gone. */
export function unreachable({ path }: Place): CharlaError {
  return new CharlaError("storage_unreachable", { ...UNREACHABLE, params: { path } });
}

export function inUse({ path }: Place): CharlaError {
  return new CharlaError("database_in_use", {
    status: 503,
    message: "Another Charla is already using the database {path}.",
    hint: "Use the one that runs, stop it first, or give this one a database of its own with CHARLA_DATABASE_URL.",
    retryable: false,
    params: { path },
  });
}
