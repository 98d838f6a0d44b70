/** Servers that stand for the one that leads, and one that forwards to them. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import {
  type Http2ServerRequest,
  type Http2ServerResponse,
  createServer as http2,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type Bounds, Forwarder } from "../../../src/replicas/forward.ts";
import { HEADER, Heads, nameByChance, PROTOCOL } from "../../../src/replicas/head.ts";
import type { Seen } from "../../../src/replicas/leader.ts";
import { Watch } from "../../../src/replicas/watch.ts";
import { listenToBoth } from "../../../src/server/listen-both.ts";

export const KEY = randomBytes(32);

/** @returns its address */
export async function leader(handle: RequestListener): Promise<string> {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function leader2(
  handle: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<string> {
  const server = http2(handle).listen(0, "127.0.0.1");
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const session of sessions) session.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nobody listens. */
export async function nobody(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}`;
}

export interface Following {
  readonly url: string;
  readonly forwarder: Forwarder;
  readonly heads: Heads;
  /** Another one leads from now on; nobody, where it is absent. @returns its term */
  leads(address?: string): string;
}

export async function following(address?: string, bounds?: Partial<Bounds>): Promise<Following> {
  let seen: Seen = { state: "free" };
  const none = { leads: () => false, ended: () => false };
  const watch = new Watch(async () => seen, none);
  const heads = new Heads(KEY);
  const forwarder = new Forwarder(watch, heads, { patienceMs: 10_000, ...bounds });
  const leads = (next?: string) => {
    const about = { protocol: PROTOCOL, publicUrl: null, version: "", policy: "", engine: "" };
    const term = nameByChance();
    seen = next
      ? { state: "leads", leader: { term, address: next, repeatable: ["/again"], about } }
      : { state: "free" };
    return term;
  };
  if (address) leads(address);
  const running = watch.run();
  const fetch = (request: Request, env?: unknown) => forwarder.fetch(request, env as object);
  const open = await listenToBoth({ fetch }, "127.0.0.1", 0);
  onTestFinished(async () => {
    watch.stop();
    await running;
    await open.close(0);
  });
  return { url: `http://127.0.0.1:${open.port}`, forwarder, heads, leads };
}

export { HEADER };
