/** What can go wrong between here and the model hub. */
import { CharlaError } from "../../core/errors.ts";
import type { HubPlace } from "./catalogue.ts";

/** Cause of `hub_unreachable`: nothing came for too long. */
export class Silence extends Error {
  override readonly message = "timeout";
}

/** Cause of `hub_unreachable`: the server has fewer bytes of the file than are here. */
export class NoSuchRange extends Error {
  override readonly message = "416";
}

/** What a status of 400 or more means. */
export function refusal(endpoint: string, place: HubPlace, response: Response): CharlaError {
  const { status } = response;
  const page = `${endpoint}/${place.repository}`;
  const error = response.headers.get("x-error-code");
  if (status === 429 || status >= 500) {
    const after = response.headers.get("retry-after") ?? "";
    const seconds = Number(after) || Math.ceil((Date.parse(after) - Date.now()) / 1000);
    return new CharlaError("hub_busy", {
      status: 503,
      retryAfter: seconds > 0 ? seconds : undefined,
      message: "The model hub asks to wait (status {code}).",
      hint: "Try again in a while; what has arrived so far is kept.",
      params: { code: status },
    });
  }
  if ((status === 401 || status === 403) && error !== "RepoNotFound") {
    return new CharlaError("model_gated", {
      status: 403,
      message: "The model hub lets only approved accounts download from {page}.",
      hint: "Accept the terms on that page, then set HF_TOKEN to a token of that account.",
      params: { page },
    });
  }
  return new CharlaError("hub_no_file", {
    status: 404,
    message: "The model hub has no file {file} at {page} (status {code}).",
    hint: "It may have moved: choose another model, or download the file by hand.",
    params: { file: place.file, page, code: status },
  });
}

export function unreachable(endpoint: string, cause: Error): CharlaError {
  const { code } = cause as NodeJS.ErrnoException;
  return new CharlaError("hub_unreachable", {
    status: 503,
    message: "The model hub {endpoint} cannot be reached ({reason}).",
    hint: "Check the network, or set HF_ENDPOINT to a mirror; a later try goes on from here.",
    params: { endpoint, reason: code ?? cause.message },
    cause,
  });
}

/** A mirror that is wrong, or a network that answers every question with its page to sign in. */
export function otherFile(endpoint: string, file: string, bytes: number, wanted: number) {
  return new CharlaError("hub_other_file", {
    status: 502,
    retryable: true,
    message: "The model hub {endpoint} offers {bytes} bytes as {file}, which has {wanted}.",
    hint: "See whether the network wants you to sign in, or HF_ENDPOINT is wrong; what arrived is kept.",
    params: { endpoint, file, bytes, wanted },
  });
}

export function offline(endpoint: string): CharlaError {
  return new CharlaError("hub_offline", {
    status: 409,
    message: "HF_HUB_OFFLINE is set, so the model hub {endpoint} is not asked.",
    hint: "Unset HF_HUB_OFFLINE to download models.",
    params: { endpoint },
  });
}
