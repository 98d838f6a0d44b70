/**
 * Which user of this machine is at the other end of a connection from it. A port of the loopback
 * device is open to every account there is, and so is everything behind it, unless it asks.
 *
 * Linux tells it (proc(5), `/proc/net/tcp`), to a process that sees users as they are: one in a user
 * namespace of its own (a rootless container) sees others under one number, and one that runs as a
 * system's account (a service, or root in a container) serves people who are not that account.
 * Neither can know its owner, so nobody is kept out there.
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { plainAddress, reachOf } from "./addresses.ts";
import { parseTable } from "./sockets.ts";

/** Accounts of people; below are those of the system. Source: login.defs(5), UID_MIN. */
const FIRST_PERSON = 1000;
const ROOT = 0;
/** All users, each under its own number: the first namespace. Source: user_namespaces(7). */
const EVERYBODY = /^\s*0\s+0\s+4294967295\s*$/;

type Ends = Pick<Socket, "localAddress" | "localPort" | "remoteAddress" | "remotePort">;

/** Whether it can be told here who else there is, and told apart from who has started Charla. */
export function tellsUsers(): boolean {
  if (process.platform !== "linux" || (process.geteuid?.() ?? ROOT) < FIRST_PERSON) return false;
  try {
    return EVERYBODY.test(readFileSync("/proc/self/uid_map", "utf8"));
  } catch {
    return false;
  }
}

/** Whether a connection is another user's of this machine; root may do anything anyway. */
export async function isStranger(socket: Ends): Promise<boolean> {
  if (reachOf(socket.remoteAddress ?? "") !== "loopback") return false;
  const tables = await Promise.all(["tcp", "tcp6"].map(read));
  const owner = ownerOf(socket, tables);
  return owner !== "untold" && owner !== ROOT && owner !== process.geteuid?.();
}

/**
 * @param tables `/proc/net/tcp` and `tcp6`
 * @returns undefined for somebody who has left, as whom the system names root; "untold" where the
 *   tables do not have the connection at all, as in some sandboxes
 */
export function ownerOf(ends: Ends, tables: readonly string[]): number | "untold" | undefined {
  const { localAddress, localPort = 0, remoteAddress, remotePort = 0 } = ends;
  const [here, there] = [plainAddress(localAddress ?? ""), plainAddress(remoteAddress ?? "")];
  // There may be thousands of others.
  const port = `:${remotePort.toString(16).toUpperCase().padStart(4, "0")} `;
  const lines = tables.flatMap((table) => table.split("\n").filter((line) => line.includes(port)));
  const rows = parseTable(["heading", ...lines].join("\n"));
  const known = rows.some(
    ({ local, remote }) => local.port === localPort && remote.port === remotePort,
  );
  if (!known) return "untold";
  const other = rows.find(
    ({ local, remote }) =>
      local.port === remotePort &&
      remote.port === localPort &&
      local.address === there &&
      remote.address === here,
  );
  return other && other.inode !== ORPHAN ? other.uid : undefined;
}

/** What has been closed belongs to no file any more. */
const ORPHAN = "0";

const read = (name: string) => readFile(`/proc/net/${name}`, "utf8").catch(() => "");
