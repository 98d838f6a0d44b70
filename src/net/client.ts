/**
 * Which address a request comes from. A header can be written by anybody, so it is read only where
 * the socket is that of a proxy which the operator has declared (`CHARLA_TRUSTED_PROXIES`).
 */
import type { BlockList } from "node:net";
import { plainAddress, within } from "./addresses.ts";

/**
 * The nearest address that no trusted proxy has. Each proxy adds at the right end whom it was asked
 * by, so what stands further left than the first stranger is that stranger's word.
 *
 * @param socket address of the other end of the connection
 * @param forwarded the header X-Forwarded-For, as it came
 */
export function clientAddress(
  socket: string | undefined,
  forwarded: string | null,
  trusted: BlockList,
): string {
  let client = plainAddress(socket ?? "") ?? "unknown";
  const hops = (forwarded ?? "").split(",").toReversed();
  for (const hop of hops) {
    if (!within(trusted, client)) break;
    const next = plainAddress(withoutPort(hop.trim()));
    // Whoever wrote this is no proxy that we know; the last one that we do know stands for it.
    if (next === undefined) break;
    client = next;
  }
  return client;
}

/** "192.0.2.1:4711" and "[2001:db8::1]:4711" as some proxies write them. */
function withoutPort(hop: string): string {
  const [, six, four] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(hop) ?? [];
  return six ?? four ?? hop;
}
