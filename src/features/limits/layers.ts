/** What a request passes: at the gate by its address, inside by the person and the key. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { type Asker, whoAsksIfAny } from "../../core/access.ts";
import { metered } from "../../core/metered.ts";
import type { Attempt, Attempts } from "./attempts.ts";
import { type Bucket, type Crowd, type Level, levelOf, tightest } from "./buckets.ts";
import { tooManyAnswers, tooManyOpen, tooManyRequests, tooManyTokens } from "./errors.ts";

export interface Gates {
  readonly requests: Bucket;
  readonly open: Crowd;
  /** Absent on the command line. */
  readonly attempts?: Attempts | undefined;
  /** Of the request: what counts as one client. */
  network(): string;
}

/** The tries at secrets within a request, until its status says how they went. */
const trying = new AsyncLocalStorage<Attempt[]>();

export function gate({ requests, open, network }: Gates): MiddlewareHandler {
  return async (c, next) => {
    const level = await requests.take(network(), 1);
    if (level?.over) throw tooManyRequests(level.limit, level.resetMs);
    leaveAtEnd(c, enter(open, network()));
    const tries: Attempt[] = [];
    await trying.run(tries, next);
    for (const attempt of tries) await judge(attempt, c.res.status);
  };
}

/** A try is wrong unless it is known that it was right, or that nobody looked at it. */
async function judge(attempt: Attempt, status: number): Promise<void> {
  if (status < 400) return attempt.right();
  if (status >= 500 || status === 429) return attempt.undecided();
}

/** @throws CharlaError `tries_limited` */
export async function attempt({ attempts, network }: Gates, who: string | undefined) {
  const begun = await attempts?.begin(network(), who);
  if (begun) trying.getStore()?.push(begun);
}

export interface Inside {
  readonly person: Bucket;
  readonly key: Bucket;
  readonly open: Crowd;
  /** How many tokens there are left within this minute. */
  tokens(asker: Asker): Promise<Level | undefined>;
}

export function inside({ person, key, open, tokens }: Inside): MiddlewareHandler {
  return async (c, next) => {
    const asker = whoAsksIfAny();
    if (!asker || asker.via === "solo") return next();
    const byKey = asker.via === "key" ? await key.take(asker.credential, 1) : undefined;
    const level = tightest([await person.take(asker.id, 1), byKey]);
    tell(c, "requests", level);
    tell(c, "tokens", await tokens(asker));
    if (level?.over) throw tooManyRequests(level.limit, level.resetMs);
    leaveAtEnd(c, enter(open, asker.id));
    return next();
  };
}

export interface Computing {
  /** Absent where only the tokens are counted. */
  readonly answers?: Crowd | undefined;
  readonly person: Bucket;
  readonly key: Bucket;
}

/** Around work that is no turn: it counts as an answer, and what it reads as tokens of its minute. */
export function computing({ answers, ...tokens }: Computing): MiddlewareHandler {
  return async (_c, next) => {
    const asker = whoAsksIfAny();
    if (!asker || asker.via === "solo") return next();
    const leave = answers ? answers.enter(asker.id) : () => {};
    if (!leave) throw tooManyAnswers(answers?.limit ?? 0);
    let taken = 0;
    try {
      const level = await levelOf(tokens, asker);
      if (level && level.remaining === 0) throw tooManyTokens(level.limit, level.resetMs);
      await metered((more) => {
        taken += more;
      }, next);
    } finally {
      leave();
      if (taken > 0) await tokens.person.take(asker.id, taken);
      if (taken > 0 && asker.via === "key") await tokens.key.take(asker.credential, taken);
    }
  };
}

function enter(crowd: Crowd, who: string): () => void {
  const leave = crowd.enter(who);
  if (leave) return leave;
  throw tooManyOpen(crowd.limit);
}

/** When the last byte is sent, or the client is gone. */
function leaveAtEnd(c: Context, leave: () => void): void {
  const { outgoing } = c.env as HttpBindings;
  if (outgoing.closed || outgoing.destroyed) leave();
  else outgoing.once("close", leave);
}

/** The names and the form of OpenAI's API: "1m30s", "250ms". */
function tell(c: Context, of: "requests" | "tokens", level: Level | undefined): void {
  if (!level) return;
  c.header(`x-ratelimit-limit-${of}`, String(level.limit));
  c.header(`x-ratelimit-remaining-${of}`, String(level.remaining));
  c.header(`x-ratelimit-reset-${of}`, duration(level.resetMs));
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
