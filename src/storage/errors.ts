/**
 * What can go wrong with a database file or its folder, as errors that say what to do. Nothing is
 * ever repaired, moved or deleted by itself: the file may hold the only copy of somebody's chats.
 * Source: SQLite's "Result and Error Codes"; `node:sqlite` gives them as `errcode`.
 */
import { CharlaError, type ErrorOptions } from "../core/errors.ts";

/** The error of a full disk is one a person can do something about, so it says so everywhere. */
export const FULL = {
  status: 507,
  message: "The disk that holds {path} is full.",
  hint: "Free some space and try again; everything that was saved is still there.",
  retryable: true,
};

const READ_ONLY = {
  status: 503,
  message: "The database {path} cannot be written to.",
  hint: "Give this user the right to write to the file and its folder, or set CHARLA_HOME to another folder.",
  retryable: false,
};

/** By SQLite's primary result code. */
const BY_RESULT: Readonly<Record<number, readonly [code: string, ErrorOptions]>> = {
  // SQLITE_BUSY, SQLITE_LOCKED
  5: ["storage_busy", busy()],
  6: ["storage_busy", busy()],
  // SQLITE_READONLY
  8: ["storage_read_only", READ_ONLY],
  // SQLITE_IOERR
  10: [
    "storage_io_error",
    {
      status: 503,
      message: "Reading or writing the database {path} failed.",
      hint: "Check that the disk is connected, healthy and not full, then start Charla again.",
      retryable: true,
    },
  ],
  // SQLITE_CORRUPT, SQLITE_NOTADB
  11: ["storage_damaged", damaged()],
  26: ["storage_damaged", damaged()],
  // SQLITE_FULL, SQLITE_CANTOPEN
  13: ["storage_full", FULL],
  14: [
    "storage_closed",
    {
      status: 503,
      message: "The database {path} cannot be opened.",
      hint: "Check that its folder exists and that this user may read and write there, or set CHARLA_HOME to another folder.",
      retryable: false,
    },
  ],
};

export function busy(): ErrorOptions {
  return {
    status: 503,
    message: "Another program is using the database {path}.",
    hint: "Close the other program, then try again.",
  };
}

function damaged(): ErrorOptions {
  return {
    message: "The database {path} is damaged, or is not a database of Charla.",
    hint: "Move it away together with the files beside it that end in -wal and -shm, then run `charla restore` with a backup, or begin anew. Charla changes nothing in it.",
  };
}

/** What SQLite or the file system threw about a path, as the one class of error. */
export function storageError(thrown: unknown, path: string): unknown {
  const { errcode, code } = thrown as { errcode?: number; code?: unknown };
  // The low byte is the primary code; the rest refines it.
  const known = errcode === undefined ? byErrno(code) : BY_RESULT[errcode & 0xff];
  if (!known) return thrown;
  const [name, options] = known;
  return new CharlaError(name, { ...options, params: { path }, cause: thrown });
}

function byErrno(code: unknown) {
  if (typeof code !== "string") return undefined;
  if (code === "ENOSPC" || code === "EDQUOT") return BY_RESULT[13];
  if (code === "EROFS" || code === "EACCES" || code === "EPERM") return BY_RESULT[8];
  return code.startsWith("E") && !code.startsWith("ERR_") ? BY_RESULT[14] : undefined;
}
