/** What keeps a request from the replica that leads, and a server from being one of several. */
import { CharlaError } from "../core/errors.ts";

/** Until another one may lead, in seconds. */
const RETRY_SECONDS = 5;

export function noLeader(): CharlaError {
  return new CharlaError("replica_no_leader", {
    status: 503,
    message: "None of the servers of this Charla leads at the moment, so nobody can answer.",
    hint: "Nothing was begun; try again in a moment. If it lasts, look into the logs of the servers.",
    retryAfter: RETRY_SECONDS,
  });
}

export function cut(): CharlaError {
  return new CharlaError("replica_cut", {
    status: 503,
    message: "The server that was to answer has stopped in the middle of it.",
    hint: "Look whether it was done, and try again if not.",
    retryAfter: 1,
  });
}

/** Of one that does not lead, or not any more; and for whoever only pretends to be a replica. */
export function notHere(): CharlaError {
  return new CharlaError("replica_not_here", {
    status: 421,
    message: "This server does not take what was forwarded to it.",
    hint: "Ask without the header x-charla-replica; only the servers of one Charla use it, with each other.",
    retryable: true,
  });
}

export function differs(what: string, here: string, there: string): CharlaError {
  return new CharlaError("replica_differs", {
    message:
      "This server cannot stand beside the one that leads: {what} is {here} here, and {there} there.",
    hint: "Give all servers of one database the same settings; stop all of them to change this one.",
    params: { what, here, there },
  });
}

export function alone(): CharlaError {
  return new CharlaError("replica_alone", {
    message:
      "The database is used by a Charla that has no CHARLA_REPLICA, so others cannot join it.",
    hint: "Set CHARLA_REPLICA there as well, to the address at which the others reach it, and start it again.",
  });
}

/** What several servers of one Charla need. @throws CharlaError `replica_needs_...` */
export function expectSeveral(databaseUrl: string | undefined, accounts: boolean): void {
  if (databaseUrl === undefined) {
    throw new CharlaError("replica_needs_postgres", {
      message:
        "CHARLA_REPLICA is set, and the database is a file, which one server has for itself.",
      hint: "Several servers share a PostgreSQL database: set CHARLA_DATABASE_URL, or leave CHARLA_REPLICA out.",
    });
  }
  if (accounts) return;
  throw new CharlaError("replica_needs_accounts", {
    message: "CHARLA_REPLICA is set, and without accounts a Charla serves this machine only.",
    hint: "Set CHARLA_ACCOUNTS to on, or leave CHARLA_REPLICA out.",
  });
}
