/**
 * What the app itself puts around the features' routes and turns, and the end of its server.
 */
import type { Server } from "node:http";
import type { MiddlewareHandler } from "hono";
import { inTheNameOf, SOLO, userOf, whoAsksIfAny } from "./core/access.ts";
import type { Feature } from "./core/feature.ts";
import { AI_HEADER, disclosure } from "./core/label.ts";
import type { Route } from "./core/route.ts";
import type { Step } from "./core/turn.ts";

/** How long streams may take to end before their connections are cut, in milliseconds. */
export const GRACE_MS = 2000;

/** Outermost first: the gates, who it is without accounts, what the features put around the route. */
export function layersOf(route: Route, all: readonly Feature[], accounts: boolean) {
  const gates = all.flatMap((feature) => feature.gates?.(route) ?? []);
  const layers = all.flatMap((feature) => feature.layers?.(route) ?? []);
  const label = route.generated ? [labelled] : [];
  return [...label, ...gates, ...(accounts ? [] : [solo]), ...layers];
}

/** Says that what is sent was written by a model; which one stands in it. */
const labelled: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.ok) c.header(AI_HEADER, disclosure());
};

/** Until a feature finds out who asks, it is the one who sits at this machine. */
const solo: MiddlewareHandler = (_c, next) => inTheNameOf(SOLO, next);

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
