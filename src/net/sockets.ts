/**
 * The sockets of running processes, as Linux tells them: who is connected to whom right now.
 * Source: proc(5), `/proc/pid/net/tcp`, `/proc/pid/fd`.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { plainAddress, reachOf } from "./addresses.ts";

export interface OpenSocket {
  readonly protocol: "tcp" | "udp";
  readonly local: Place;
  readonly remote: Place;
  /** Somebody has come to a port that the process listens on, and not the other way round. */
  readonly incoming: boolean;
}

export interface Place {
  readonly address: string;
  readonly port: number;
}

interface Row extends Omit<OpenSocket, "protocol" | "incoming"> {
  readonly listening: boolean;
  /** Whose it is; 0 for one that nobody has any more. */
  readonly uid: number;
  readonly inode: string;
}

/** Connected sockets of a process and all that it has started, but for those inside this machine. */
export function connectionsOf(pid: number): readonly OpenSocket[] {
  const inodes = new Set(familyOf(pid).flatMap(socketsOf));
  const tables = (["tcp", "udp"] as const).flatMap((protocol) =>
    [protocol, `${protocol}6`].flatMap((name) =>
      rowsOf(`/proc/${pid}/net/${name}`).map((row) => ({ ...row, protocol })),
    ),
  );
  const own = tables.filter(({ inode }) => inodes.has(inode));
  const ports = new Set(own.filter(({ listening }) => listening).map(({ local }) => local.port));
  return own
    .filter(({ remote, listening }) => !listening && remote.port !== 0)
    .filter(({ remote }) => reachOf(remote.address) !== "loopback")
    .map(({ protocol, local, remote }) => {
      return { protocol, local, remote, incoming: ports.has(local.port) };
    });
}

/** Whether a process has this file open; false for one that is gone or another user's. */
export function hasOpen(pid: number, path: string): boolean {
  return filesOf(pid).includes(path);
}

/** @param table of `/proc/net`: a heading, then a line a socket */
export function parseTable(table: string): readonly Row[] {
  const lines = table.trim().split("\n").slice(1);
  return lines.map((line) => {
    const [, local = "", remote = "", state, , , , uid, , inode = ""] = line.trim().split(/\s+/);
    const ends = { local: placeOf(local), remote: placeOf(remote) };
    return { ...ends, listening: state === "0A", uid: Number(uid), inode };
  });
}

/** "0100007F:1F90" -> 127.0.0.1 and 8080: words of four bytes, each with the last byte first. */
function placeOf(text: string): Place {
  const [hex = "", port = ""] = text.split(":");
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).toReversed());
  const address =
    bytes.length === 4
      ? bytes.map((byte) => Number.parseInt(byte, 16)).join(".")
      : (bytes.join("").match(/.{4}/g) ?? []).join(":");
  return { address: plainAddress(address) ?? address, port: Number.parseInt(port, 16) };
}

/** A process and those that it has started, and so on. */
function familyOf(pid: number): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(pids.map((name) => [Number(name), parentOf(name)]));
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family;
}

function parentOf(pid: string): number | undefined {
  // The name in brackets may hold anything, brackets too.
  return Number(/^.*\) \S (\d+)/s.exec(read(`/proc/${pid}/stat`))?.[1]);
}

const socketsOf = (pid: number) =>
  filesOf(pid).flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);

const rowsOf = (path: string) => parseTable(read(path));

/** Processes and descriptors go away while they are looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function filesOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((name) => {
      try {
        return readlinkSync(`${folder}/${name}`);
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}
