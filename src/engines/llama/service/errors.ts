/** What can go wrong between the server and the model process. */
import { CharlaError } from "../../../core/errors.ts";
import type { Failure } from "../process/protocol.ts";

/** @param reason a signal, an exit code, or what the server found */
export function stopped(name: string, reason: string): CharlaError {
  return new CharlaError("engine_stopped", {
    status: 503,
    message: "The model process of {name} stopped.",
    hint: "Ask again; if it does not come back, start Charla again. What was written is kept.",
    params: { name },
    cause: new Error(reason),
  });
}

/** What the process says of a call: the fault of the request if it has a code, else its own. */
export function failed(name: string, failure: Failure | string): CharlaError {
  const {
    code,
    message,
    name: kind,
    stack,
    hint,
    status,
    param,
    params,
  } = typeof failure === "string" ? ({ message: failure } as Failure) : failure;
  if (code !== undefined && hint !== undefined) {
    return new CharlaError(code, {
      ...{ message, hint, status: status ?? 400, params: params ?? {} },
      ...(param === undefined ? {} : { param }),
    });
  }
  return new CharlaError("engine_failed", {
    message: "The model process of {name} failed: {reason}",
    hint: "Try another model; the reason says what this one did not accept.",
    params: { name, reason: message },
    // As it was thrown in the other process: where, for the log.
    ...(stack && { cause: Object.assign(new Error(message), { name: kind ?? "Error", stack }) }),
  });
}

/** @param seconds until it is tried again, if somebody asks then */
export function givenUp(
  name: string,
  deaths: number,
  seconds: number,
  cause: unknown,
): CharlaError {
  return new CharlaError("engine_given_up", {
    status: 503,
    message:
      "The model process of {name} stopped {deaths} times, so it is left alone for {seconds} s.",
    hint: "Choose another model; if there is little memory, a smaller one or fewer CHARLA_SLOTS.",
    retryAfter: seconds,
    params: { name, deaths, seconds },
    cause,
  });
}

/** For a request that the process has died of twice. */
export function deadly(name: string): CharlaError {
  return new CharlaError("request_stops_engine", {
    message: "The model process of {name} stopped twice at this request, so it is not tried again.",
    hint: "Ask in another way, or another model. What was written is kept; others are answered.",
    params: { name },
  });
}

export function tooLong(characters: number, limit: number): CharlaError {
  return new CharlaError("text_not_tokenised", {
    status: 400,
    param: "text",
    message: "A text of {characters} characters is not tokenised; {limit} is the most.",
    hint: "Cut the text into parts.",
    params: { characters, limit },
  });
}

export function statesLeft(count: number): CharlaError {
  return new CharlaError("states_left", {
    message: "{count} files with the state of chats could not be removed.",
    hint: "Give this user the right to remove files in the folder 'cache' of the data folder, and do it again.",
    params: { count },
  });
}
