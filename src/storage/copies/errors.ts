/**
 * Why a copy of a database is not made, or not taken back. Nothing has been changed then.
 */
import { CharlaError } from "../../core/errors.ts";

export function nothingThere(path: string): CharlaError {
  return new CharlaError("database_empty", {
    status: 404,
    message: "The database {path} holds nothing yet.",
    hint: "Check CHARLA_HOME and CHARLA_DATABASE_URL; `charla doctor` shows which database is used.",
    params: { path },
  });
}

export function notEmpty(path: string): CharlaError {
  return new CharlaError("database_not_empty", {
    status: 409,
    message: "The database {path} already holds data.",
    hint: "Choose an empty one. To put a backup in the place of what is there, add --replace to `charla restore`.",
    params: { path },
  });
}

export function foreignTable(path: string, table: string): CharlaError {
  return new CharlaError("database_foreign", {
    status: 409,
    message: "The database {path} holds the table {table}, which is not Charla's.",
    hint: "Give Charla a database of its own, or move that table elsewhere.",
    params: { path, table },
  });
}

export function fileExists(path: string): CharlaError {
  return new CharlaError("backup_exists", {
    status: 409,
    message: "There is already a file {path}.",
    hint: "Choose another name; a backup never takes another one's place.",
    params: { path },
  });
}

export function noBackup(path: string, cause?: unknown): CharlaError {
  return new CharlaError("backup_invalid", {
    status: 400,
    message: "The file {path} cannot be read as a backup of Charla.",
    hint: "Check that it is there, and that it was made by `charla backup` and copied whole.",
    params: { path },
    cause,
  });
}

export function damagedBackup(path: string, table: string): CharlaError {
  return new CharlaError("backup_damaged", {
    status: 400,
    message: "The backup {path} is damaged: the table {table} is not as it was written.",
    hint: "Take another copy of it, or an older backup.",
    params: { path, table },
  });
}

export function newerBackup(path: string, what: string): CharlaError {
  return new CharlaError("backup_newer", {
    status: 400,
    message: "The backup {path} was made by a Charla that knows {what}, which this one does not.",
    hint: "Use the version that made it, or a newer one.",
    params: { path, what },
  });
}

export function copyDiffers(table: string): CharlaError {
  return new CharlaError("copy_differs", {
    message: "The table {table} did not come out as it went in, so the copy was not kept.",
    hint: "Try again; if it happens twice, check memory and disk of this machine and report it.",
    params: { table },
  });
}
