import { CharlaError } from "../../../core/errors.ts";

export function unreadable(url: string, reason: string): CharlaError {
  return new CharlaError("log_unreadable", {
    status: 502,
    message: "The log at {url} cannot be read ({reason}).",
    hint: "Name the address of the server, such as https://chat.example.org; its policy has to let everybody read the log.",
    params: { url, reason },
  });
}

export function noSuchTile(): CharlaError {
  return new CharlaError("no_such_tile", {
    status: 404,
    message: "The log has no such tile or entry.",
    hint: "The newest checkpoint says how many entries there are; c2sp.org/tlog-tiles says which tiles.",
  });
}
