/**
 * Who asks, and what a route asks of them. The clone knows nobody and does not import this; a
 * feature that knows people puts a layer around every route, which finds out who it is, refuses
 * who may not, and runs the rest in that person's name.
 *
 * A handler reads `whoAsks()` at the door and hands the id on as an argument; what stores and
 * fetches never looks around for itself. Steps find the same in `turn.asker`.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { CharlaError } from "./errors.ts";

/** What an API key may be made for. A session may do all that its person may. */
export const SCOPES = [
  "chat",
  "conversations:read",
  "conversations:write",
  "files:read",
  "files:write",
  "models:read",
] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * - `anyone`: also who has not signed in
 * - a scope: a person's session, or a key that has this scope
 * - `any key`: a person's session or any key, where the route itself looks what the key may do
 * - `session`: a person's session and no key; what counts where a route says nothing
 * - `administrator`: the session of an administrator
 */
export type Access = "anyone" | Scope | "any key" | "session" | "administrator";

/** A header for who leaves: the browser forgets what the page has kept in it, in every tab. */
export const FORGET = ["clear-site-data", '"storage"'] as const;

export interface Asker {
  /** Of the person; whatever is stored belongs to one. */
  readonly id: string;
  readonly role: "administrator" | "member";
  /** `solo`: the one person of an installation without accounts. */
  readonly via: "solo" | "session" | "key";
  /** Of the session or key, for limits and the audit log; never the secret itself. */
  readonly credential: string;
  /** What the key was made for; absent for who may do all that its person may. */
  readonly scopes?: readonly string[] | undefined;
}

/** Whether somebody may do what a scope names. */
export const may = ({ scopes }: Asker, scope: Scope): boolean => scopes?.includes(scope) ?? true;

declare module "./types.ts" {
  interface Turn {
    /** Absent on the command line, which needs no account. */
    readonly asker?: Asker | undefined;
  }
}

/** Without accounts everything belongs to the one who sits at this machine. */
export const SOLO: Asker = {
  id: "solo",
  role: "administrator",
  via: "solo",
  credential: "solo",
};

/** In no id, and in no name that a request can bring along. */
const BY = "\0";

/**
 * By which name the engine knows who asks, so that its caches tell nobody what others have asked: a
 * key is not told what its own person has, since it may not be made for reading that.
 */
export const userOf = ({ id, via, credential }: Asker): string =>
  via === "key" ? id + BY + credential : id;

/** Whose turn it is in the queue: a person's, by whatever keys. */
export const personOf = (user: string): string => user.split(BY, 1)[0] ?? user;

const asking = new AsyncLocalStorage<Asker>();

/** Runs a piece of work, and all that it starts, in somebody's name. */
export const inTheNameOf = <Result>(asker: Asker, work: () => Result): Result =>
  asking.run(asker, work);

/** @throws CharlaError `not_signed_in` where no layer has found out who it is */
export function whoAsks(): Asker {
  const asker = asking.getStore();
  if (asker) return asker;
  throw notSignedIn();
}

export function notSignedIn(): CharlaError {
  return new CharlaError("not_signed_in", {
    status: 401,
    message: "This needs an account.",
    hint: "Sign in, or send an API key as: Authorization: Bearer <key>.",
  });
}

export const whoAsksIfAny = (): Asker | undefined => asking.getStore();
