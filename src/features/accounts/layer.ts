/**
 * Around every route, before its body is read: who asks, and may they? A session's cookie or an API
 * key, never both. Where nothing else is said, a route is for sessions; so one that was forgotten is
 * closed and not open. Whoever stays (a stream, a long upload) is looked at again and again.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler, Next } from "hono";
import { type Asker, inTheNameOf, notSignedIn } from "../../core/access.ts";
import { CharlaError } from "../../core/errors.ts";
import type { Route } from "../../core/route.ts";
import { SESSION_COOKIE } from "./cookies.ts";
import type { Desk } from "./desk.ts";
import {
  administratorOnly,
  keyInvalid,
  keyScope,
  sessionEnded,
  signInAgain,
  twoCredentials,
} from "./errors.ts";
import { whoHolds } from "./keys.ts";
import type { Current } from "./visit.ts";

const BEARER = /^bearer(?=\s|$)/i;
const SESSION = new RegExp(`(?:^|;)\\s*${SESSION_COOKIE}=`);
/** How long a sign-in is fresh, in milliseconds. */
const FRESH_MS = 15 * 60_000;
/** How long somebody stays whose session or key has ended, in milliseconds. */
const AGAIN_MS = 30_000;

/** Finds sessions; loaded with better-auth when the first one comes. */
export interface Door {
  readonly db: Desk["db"];
  session(request: Request): Promise<Current | undefined>;
  log(line: string, error?: unknown): void;
}

/** Of a route. */
interface Asked {
  readonly access: NonNullable<Route["access"]>;
  readonly keyHeader: boolean;
}

/** Whom the layer has let in, for the routes of accounts. */
const inside = new AsyncLocalStorage<Current>();

/** @throws CharlaError `not_signed_in` where the route's layer has let in no session */
export function here(): Current {
  const current = inside.getStore();
  if (!current) throw notSignedIn();
  return current;
}

export function layer(route: Route, door: Door): MiddlewareHandler {
  const { access = "session", fresh = false, keyHeader = false } = route;
  if (access === "anyone" && route.knows) return (c, next) => known(c, next, door);
  // Who has a door of their own (metrics' token, a sign-in) look for themselves.
  if (access === "anyone") return (_c, next) => next();
  return async (c, next) => {
    const asked = { access, keyHeader };
    const { asker, current } = await admit(c.req.raw, asked, door);
    if (fresh && !isFresh(current)) throw signInAgain();
    lookAgain(c, asked, door);
    const go = () => inTheNameOf(asker, next);
    await (current ? inside.run(current, go) : go());
    // What is for one person is kept by no cache on the way.
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
  };
}

/** In the name of who has signed in, and else in nobody's; keys are for what they were made for. */
async function known(c: Context, next: Next, door: Door): Promise<void> {
  // It says something else to somebody else.
  c.header("vary", "Cookie");
  const current = SESSION.test(c.req.header("cookie") ?? "") && (await door.session(c.req.raw));
  if (!current) return next();
  const { person, session } = current;
  const asker = {
    id: person.id,
    role: person.role,
    via: "session",
    credential: session.id,
  } as const;
  return inTheNameOf(asker, next);
}

/** Cuts the connection of who would not be let in any more; at no cost for what is sent meanwhile. */
function lookAgain(c: Context, asked: Asked, door: Door): void {
  const { outgoing } = c.env as HttpBindings;
  const look = () =>
    admit(c.req.raw, asked, door).catch((thrown) => {
      // A database that cannot be asked lets nobody stay, as it lets nobody in.
      if (!(thrown instanceof CharlaError)) door.log("who is inside cannot be looked up", thrown);
      outgoing.destroy();
    });
  const looking = setInterval(look, AGAIN_MS);
  if (outgoing.closed || outgoing.destroyed) clearInterval(looking);
  else outgoing.once("close", () => clearInterval(looking));
}

const isFresh = (current: Current | undefined) =>
  current !== undefined && current.session.createdAt.getTime() > Date.now() - FRESH_MS;

interface Admitted {
  readonly asker: Asker;
  /** Absent where it was a key. */
  readonly current?: Current;
}

async function admit(request: Request, asked: Asked, door: Door): Promise<Admitted> {
  const { access } = asked;
  const key = keyIn(request, asked);
  const hasCookie = SESSION.test(request.headers.get("cookie") ?? "");
  if (key !== undefined && hasCookie) throw twoCredentials();
  if (key !== undefined) return admitKey(key, access, door);
  if (!hasCookie) throw notSignedIn();
  const current = await door.session(request);
  if (!current) throw sessionEnded();
  const { id, role } = current.person;
  if (access === "administrator" && role !== "administrator") throw administratorOnly();
  return { asker: { id, role, via: "session", credential: current.session.id }, current };
}

function keyIn({ headers }: Request, { keyHeader }: Asked): string | undefined {
  const authorization = headers.get("authorization") ?? "";
  if (BEARER.test(authorization)) return authorization.replace(BEARER, "").trim();
  return keyHeader ? headers.get("x-api-key")?.trim() : undefined;
}

async function admitKey(key: string, access: Asked["access"], { db }: Door): Promise<Admitted> {
  if (key === "") throw keyInvalid();
  const { asker, scopes } = await whoHolds(db, key);
  const wanted = [access].flat().filter((one) => one !== "any key");
  const missing = wanted.find((one) => !scopes.includes(one));
  if (missing !== undefined) throw keyScope(missing);
  return { asker: { ...asker, scopes } };
}
