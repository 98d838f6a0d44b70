/** What goes wrong with servers of tools. */
import { CharlaError } from "../../../core/errors.ts";

/** Its own words are a text from outside: only their kind is told, and the rest is the log's. */
export function serverFailed(server: string, cause: unknown): CharlaError {
  const own = ownIn(cause);
  if (own) return own;
  return new CharlaError("tool_server_failed", {
    status: 502,
    message: "The tool server {server} does not work ({reason}).",
    hint: "Try again in a moment; if it goes on, ask whoever runs it.",
    params: { server, reason: reasonOf(cause) },
    cause: unanswered(cause),
  });
}

/** What a server has answered could repeat the key that it was shown, so it stays out of the log. */
function unanswered(thrown: unknown): unknown {
  const { data } = Object(thrown) as { data?: unknown };
  return data === undefined ? thrown : new Error(reasonOf(thrown));
}

/** What our own way to addresses has said, which the client puts into errors of its own. */
export function ownIn(thrown: unknown, depth = 0): CharlaError | undefined {
  if (thrown instanceof CharlaError) return thrown;
  if (typeof thrown !== "object" || thrown === null || depth > 5) return undefined;
  const { cause, data } = thrown as { cause?: unknown; data?: unknown };
  return ownIn(cause, depth + 1) ?? ownIn(data, depth + 1);
}

function reasonOf(thrown: unknown): string {
  const { code, name, cause } = Object(thrown) as {
    code?: unknown;
    name?: unknown;
    cause?: unknown;
  };
  const inner = Object(cause) as { code?: unknown };
  const words = [inner.code, code, name].find(
    (one) => typeof one === "string" || typeof one === "number",
  );
  return String(words ?? "unknown").slice(0, 60);
}

export function serverNotFound(): CharlaError {
  return new CharlaError("tool_server_not_found", {
    status: 404,
    message: "There is no such tool server.",
    hint: "Load the list again.",
  });
}

export function serverRefused(): CharlaError {
  return new CharlaError("tool_server_refused", {
    status: 403,
    message: "The organisation does not let people add tool servers.",
    hint: "Ask an administrator to name it in the policy, section [tools].",
  });
}

export function serverKnown(name: string): CharlaError {
  return new CharlaError("tool_server_known", {
    status: 409,
    param: "name",
    message: "There is a tool server called {name} already.",
    hint: "Take another name; it stands in front of the names of its tools.",
    params: { name },
  });
}

export function toolChanged(server: string): CharlaError {
  return new CharlaError("tool_changed", {
    status: 409,
    message: "The server {server} describes this tool otherwise than when you agreed to it.",
    hint: "Look at the server's tools again, and agree to what they are now.",
    params: { server },
  });
}

/** What a tool says of its own failure: for the model, like whatever else it says. */
export class ToolSaid extends Error {
  override readonly name = "ToolSaid";
}
