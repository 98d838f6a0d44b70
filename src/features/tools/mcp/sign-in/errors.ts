/** What goes wrong between a person, a server of tools, and the place where one signs in to it. */
import { CharlaError } from "../../../../core/errors.ts";
import { ownIn } from "../errors.ts";

export function signInNeeded(server: string): CharlaError {
  return new CharlaError("tool_sign_in_needed", {
    status: 409,
    message: "The tool server {server} asks you to sign in.",
    hint: "Open “Tool servers (MCP)” and sign in there.",
    params: { server },
  });
}

export function signInAgain(server: string): CharlaError {
  return new CharlaError("tool_sign_in_again", {
    status: 409,
    message: "Your sign-in at the tool server {server} has ended.",
    hint: "Open “Tool servers (MCP)” and sign in again; nothing else is lost.",
    params: { server },
  });
}

export function signInMore(server: string): CharlaError {
  return new CharlaError("tool_sign_in_more", {
    status: 409,
    message: "The tool server {server} wants more permissions for this than you have given it.",
    hint: "Open “Tool servers (MCP)” and sign in again, if you want to give them.",
    params: { server },
  });
}

/** @param minutes that a sign-in may take */
export function signInUnknown(minutes: number): CharlaError {
  return new CharlaError("tool_sign_in_unknown", {
    status: 409,
    message: "This sign-in was not begun here, is used already, or took over {minutes} minutes.",
    hint: "Begin it again in “Tool servers (MCP)”.",
    params: { minutes },
  });
}

export function signInMixed(server: string): CharlaError {
  return new CharlaError("tool_sign_in_mixed", {
    status: 502,
    message: "The answer to the sign-in for {server} names another place than the one asked.",
    hint: "Nothing was sent on. Begin again; if it goes on, tell whoever runs that server.",
    params: { server },
  });
}

/** @param reason a word of OAuth's, such as `access_denied` */
export function signInRefused(place: string, reason: string): CharlaError {
  return new CharlaError("tool_sign_in_refused", {
    status: 409,
    message: "{place} has not let you in ({reason}).",
    hint: "Begin again if you did not want that.",
    params: { place, reason },
  });
}

/** @param lack what it does without: `PKCE (S256)`, `https`, `Bearer` */
export function signInUnfit(place: string, lack: string): CharlaError {
  return new CharlaError("tool_sign_in_unfit", {
    status: 502,
    message: "Charla does not sign in at {place}: it does without {lack}.",
    hint: "Ask whoever runs it; or use a key that stays, if it gives some.",
    params: { place, lack },
  });
}

export function signInUnregistered(place: string, redirect: string): CharlaError {
  return new CharlaError("tool_sign_in_unregistered", {
    status: 409,
    message: "{place} does not take programs that it does not know.",
    hint: "Register Charla there with the address {redirect}, and add the server with the client id that you get.",
    params: { place, redirect },
  });
}

/** Its own words are a text from outside: only a word of the protocol is told. */
export function signInFailed(server: string, cause: unknown): CharlaError {
  const own = ownIn(cause);
  if (own) return own;
  return new CharlaError("tool_sign_in_failed", {
    status: 502,
    message: "Signing in to the tool server {server} does not work ({reason}).",
    hint: "Try again in a moment; if it goes on, ask whoever runs it.",
    params: { server, reason: wordOf(cause) },
    cause: new Error(wordOf(cause)),
  });
}

/** An answer could repeat what it was sent, so that nothing of it goes to the log. */
function wordOf(thrown: unknown): string {
  const { code, name, cause } = Object(thrown) as Record<string, unknown>;
  const words = [code, Object(cause).code, name];
  return words.map(String).find((one) => /^(?!undefined$)\w{1,40}$/.test(one)) ?? "unknown";
}

export const plainWord = (word: string): string => (/^\w{1,40}$/.test(word) ? word : "unknown");

/** @param given whether a key was sent along */
export function keyRefused(server: string, given: boolean): CharlaError {
  if (given)
    return new CharlaError("tool_server_key_refused", {
      status: 409,
      param: "token",
      message: "The tool server {server} does not take this key.",
      hint: "Remove the server and add it with another key; or without one, to sign in.",
      params: { server },
    });
  return new CharlaError("tool_server_key_needed", {
    status: 409,
    param: "token",
    message: "The tool server {server} asks for a key, and offers no way to sign in.",
    hint: "Get a key from whoever runs it, and add the server with it.",
    params: { server },
  });
}
