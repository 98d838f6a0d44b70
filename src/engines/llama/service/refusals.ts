/** Why a request is not taken, and when to try again. */
import { CharlaError } from "../../../core/errors.ts";

/** A wait that is not known, and the longest that is worth saying, in seconds. */
const UNKNOWN = 5;
const LONGEST = 600;

export function tooMany(limit: number, seconds: number | undefined): CharlaError {
  return new CharlaError("too_many_requests", {
    status: 429,
    message: "You already have {limit} requests waiting, the most for one person.",
    hint: "Wait until one of the answers has ended before you ask again.",
    retryAfter: retryAfter(seconds),
    params: { limit },
  });
}

export function queueFull(limit: number, seconds: number | undefined): CharlaError {
  return new CharlaError("queue_full", {
    status: 503,
    message: "The model is busy, and {limit} requests wait already.",
    hint: "Ask again in a while, or ask another model.",
    retryAfter: retryAfter(seconds),
    params: { limit },
  });
}

/** @param seconds the wait that is expected, or has been */
export function queueTimeout(
  limit: number,
  seconds: number,
  again: number | undefined,
): CharlaError {
  return new CharlaError("queue_timeout", {
    status: 503,
    message:
      "The model is busy: the wait is {seconds} s, and no request waits longer than {limit} s.",
    hint: "Ask again in a while, or ask another model.",
    retryAfter: retryAfter(again),
    params: { seconds: Math.ceil(seconds), limit },
  });
}

function retryAfter(seconds: number | undefined): number {
  return Math.min(LONGEST, Math.max(1, Math.ceil(seconds ?? UNKNOWN)));
}
