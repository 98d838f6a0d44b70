/** What is said to those who have to wait. */
import { CharlaError } from "../../core/errors.ts";

const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000));

export function tooManyRequests(limit: number, waitMs: number): CharlaError {
  return new CharlaError("rate_limited", {
    status: 429,
    message: "More than {limit} requests came within a minute.",
    hint: "Wait a little and try again.",
    params: { limit },
    retryAfter: seconds(waitMs),
  });
}

export function tooManyTokens(limit: number, waitMs: number): CharlaError {
  return new CharlaError("tokens_limited", {
    status: 429,
    message: "The {limit} tokens that may be written for you within a minute are used up.",
    hint: "Wait a little and try again.",
    params: { limit },
    retryAfter: seconds(waitMs),
  });
}

export function tooManyAnswers(limit: number): CharlaError {
  return new CharlaError("answers_limited", {
    status: 429,
    message: "{limit} answers are being written for you already.",
    hint: "Wait until one of them has ended, or stop one.",
    params: { limit },
    retryAfter: 2,
  });
}

export function tooManyOpen(limit: number): CharlaError {
  return new CharlaError("connections_limited", {
    status: 429,
    message: "{limit} of your requests have not ended yet.",
    hint: "Close some: other tabs, or streams that nobody reads.",
    params: { limit },
    retryAfter: 2,
  });
}

export function budgetSpent(limit: number, waitMs: number): CharlaError {
  return new CharlaError("budget_spent", {
    status: 429,
    message: "You have used your {limit} tokens for this month.",
    hint: "An administrator can raise the limit; otherwise it resets next month (UTC).",
    params: { limit },
    retryAfter: seconds(waitMs),
  });
}

export function budgetHeld(): CharlaError {
  return new CharlaError("budget_held", {
    status: 429,
    message:
      "What is left of your tokens for this month is kept for answers that are being written.",
    hint: "Wait until one of them has ended, or ask it for less with max_tokens.",
    retryAfter: 5,
  });
}

export function tooManyTries(waitMs: number): CharlaError {
  return new CharlaError("tries_limited", {
    status: 429,
    message: "Too many tries. You can try again in {seconds} s.",
    hint: "Wait for that time; it doubles with every further try that is wrong.",
    params: { seconds: seconds(waitMs) },
    retryAfter: seconds(waitMs),
  });
}

export function storageFull(megabytes: number): CharlaError {
  return new CharlaError("person_storage_full", {
    status: 507,
    message: "Your chats and links take all of the {megabytes} MB that there are for you.",
    hint: "Delete chats that you no longer need; their room is free once they cannot be restored any more. An administrator can raise the limit.",
    params: { megabytes },
  });
}
