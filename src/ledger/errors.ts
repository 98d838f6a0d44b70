/** What the log refuses. */
import { CharlaError } from "../core/errors.ts";

export function outOfRange(): CharlaError {
  return new CharlaError("log_out_of_range", {
    status: 404,
    message: "The log has no such entries.",
    hint: "Ask for the newest checkpoint, which says how many there are.",
  });
}

export function refused(): CharlaError {
  return new CharlaError("cosignature_refused", {
    status: 409,
    message: "No witness that this server knows has signed its newest checkpoint there.",
    hint: "Take the newest checkpoint, and have it signed by a witness of the policy.",
  });
}
