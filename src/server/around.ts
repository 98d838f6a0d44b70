/**
 * What the app itself puts around the features' routes and turns, and the end of its server.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";
import { compress } from "hono/compress";
import { inTheNameOf, SOLO, userOf, whoAsksIfAny } from "../core/access.ts";
import { CharlaError } from "../core/errors.ts";
import type { Opened } from "../core/feature.ts";
import { AI_HEADER, disclosure } from "../core/label.ts";
import "../core/large.ts";
import type { Route } from "../core/route.ts";
import type { Step } from "../core/turn.ts";
import { isStranger } from "../net/peer.ts";

/** How long streams may take to end before their connections are cut, in milliseconds. */
export const GRACE_MS = 2000;

/** Outermost first: the gates, who it is without accounts, what the features put around the route. */
export function layersOf(route: Route, all: readonly Opened[], accounts: boolean, guarded = false) {
  const gates = all.flatMap((feature) => feature.gates?.(route) ?? []);
  const layers = all.flatMap((feature) => feature.layers?.(route) ?? []);
  const outer = [...(route.compressed ? [compressed] : []), ...(route.generated ? [labelled] : [])];
  return [...outer, ...gates, ...(accounts ? [] : [solo(route, guarded)]), ...layers];
}

const compressed = compress({ contentTypeFilter: /^application\/json/ });

/** Says that what is sent was written by a model; which one stands in it. */
const labelled: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.ok) c.header(AI_HEADER, disclosure());
};

/**
 * Without accounts it is the one who sits at this machine.
 *
 * @param guarded whether the system tells who that is not
 */
function solo({ access }: Route, guarded: boolean): MiddlewareHandler {
  const owner: MiddlewareHandler = (_c, next) => inTheNameOf(SOLO, next);
  if (!guarded) return owner;
  return async (c, next) => {
    const { incoming } = c.env as HttpBindings;
    if (!(await strangeness(incoming.socket))) return owner(c, next);
    if (access !== "anyone") throw otherUser();
    await next();
  };
}

/** A connection stays its user's. */
const known = new WeakMap<Socket, Promise<boolean>>();

function strangeness(socket: Socket): Promise<boolean> {
  const found = known.get(socket) ?? isStranger(socket);
  known.set(socket, found);
  return found;
}

function otherUser(): CharlaError {
  return new CharlaError("other_user", {
    status: 403,
    message: "This Charla belongs to another user of this machine.",
    hint: "Start your own, or ask its owner for an account: charla serve --accounts.",
  });
}

/** Tells the other steps and the engine who asks; who has an account cannot ask as somebody else. */
export const withAsker: Step = (turn, next) => {
  const asker = whoAsksIfAny();
  const user = asker && asker.via !== "solo" ? userOf(asker) : turn.user;
  return next({ ...turn, asker, user });
};

export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Connections that fall idle later are kept by the server, so they are looked for again.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
