import { CharlaError } from "../../../core/errors.ts";

export function noSuchTile(): CharlaError {
  return new CharlaError("no_such_tile", {
    status: 404,
    message: "The log has no such tile or entry.",
    hint: "The newest checkpoint says how many entries there are; c2sp.org/tlog-tiles says which tiles.",
  });
}
