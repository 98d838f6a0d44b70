/**
 * What kind of place an IP address is. Everything that decides by an address (who may be fetched
 * from, who is behind a proxy, who counts as one) reads it here, so that no two parsers disagree.
 * Sources: IANA's registries of special-purpose addresses (RFC 6890), RFC 6052, RFC 4291.
 */
import { BlockList, isIP, isIPv4 } from "node:net";

/**
 * - `public`: of the internet
 * - `private`: of a network of one's own
 * - `loopback`: this machine
 * - `never`: nothing that anybody means to fetch from: link-local, where clouds keep the keys of
 *   their machines, multicast, reserved, and the tunnels of old that hide another address
 */
export type Reach = "public" | "private" | "loopback" | "never";

const LOOPBACK = listOf(["127.0.0.0/8", "::1/128"]);
/** Keys of cloud machines outside of the link-local networks: Azure, Alibaba, AWS over IPv6. */
const METADATA = listOf(["168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::254/128"]);
const PRIVATE = listOf([
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  "100.64.0.0/10", // carriers, and overlay networks of companies
  ...["fc00::/7", "fec0::/10", "64:ff9b:1::/48"],
]);
const RESERVED = listOf([
  ...["0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"],
  ...["198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  ...["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"],
]);
/** All that is given out so far; the rest of IPv6 has no meaning yet. */
const GLOBAL = listOf(["0.0.0.0/0", "2000::/3"]);

/** @param address as sockets and resolvers write it; anything else is `never` */
export function reachOf(address: string): Reach {
  const plain = plainAddress(address);
  if (plain === undefined) return "never";
  const embedded = insideNat64(plain);
  if (embedded !== undefined) return reachOf(embedded);
  if (within(METADATA, plain)) return "never";
  if (within(LOOPBACK, plain)) return "loopback";
  if (within(PRIVATE, plain)) return "private";
  return within(RESERVED, plain) || !within(GLOBAL, plain) ? "never" : "public";
}

/**
 * One spelling for one address: IPv4 inside IPv6 as IPv4, IPv6 as short as it goes, no zone.
 *
 * @returns undefined for what is no address
 */
export function plainAddress(address: string): string | undefined {
  const bare = address.replace(/%.*$/, "");
  if (isIP(bare) === 0) return undefined;
  if (isIPv4(bare)) return bare;
  const groups = groupsOf(bare);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return mapped ? lastFour(groups) : new URL(`http://[${bare}]`).hostname.slice(1, -1);
}

/** What counts as one client: an IPv4 address, or the /64 that one household or server is given. */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (plain === undefined || isIPv4(plain)) return plain ?? "unknown";
  const groups = groupsOf(plain).slice(0, 4);
  return `${groups.map((group) => group.toString(16)).join(":")}::/64`;
}

/**
 * @param entries addresses, alone or with the length of a network's prefix: "10.0.0.0/8"
 * @throws TypeError for what is neither
 */
export function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry.trim()) ?? [];
    const family = isIPv4(address) ? "ipv4" : "ipv6";
    const bits = family === "ipv4" ? 32 : 128;
    if (isIP(address) === 0 || Number(prefix ?? bits) > bits) throw new TypeError(entry);
    list.addSubnet(address, Number(prefix ?? bits), family);
  }
  return list;
}

/** Whether a list has an address; what is none is in no list. */
export function within(list: BlockList, address: string): boolean {
  const plain = plainAddress(address);
  return plain !== undefined && list.check(plain, isIPv4(plain) ? "ipv4" : "ipv6");
}

/** The IPv4 address that a gateway of an IPv6 network would ask: 64:ff9b::/96. */
function insideNat64(plain: string): string | undefined {
  if (isIPv4(plain)) return undefined;
  const groups = groupsOf(plain);
  const known = groups[0] === 0x64 && groups[1] === 0xff9b;
  return known && groups.slice(2, 6).every((group) => group === 0) ? lastFour(groups) : undefined;
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const read = (part = "") => (part === "" ? [] : part.split(":").map((hex) => parseInt(hex, 16)));
  const [before, after] = [read(head), read(tail)];
  return [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
}

function lastFour(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
