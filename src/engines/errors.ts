/** What every owner of engines can have to say. */
import { CharlaError } from "../core/errors.ts";

/** For whoever is told to stop while it waits for a model; nobody may be left to hear of it. */
export function cancelled(): CharlaError {
  return new CharlaError("turn_cancelled", {
    // Not a failure of the server's: nginx's "client closed request".
    status: 499,
    retryable: true,
    message: "The answer was stopped before its model was ready.",
    hint: "Ask again.",
  });
}
