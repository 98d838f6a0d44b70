/**
 * Who may read `/metrics`: whoever has the token, or, where none is set, this machine. A proxy that
 * tells nothing of who asks looks like this machine, so a token is asked of everybody.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { CharlaError } from "../../core/errors.ts";

/** @throws CharlaError `metrics_forbidden` */
export function admit(request: Request, local: boolean, token: string | undefined): void {
  if (token === undefined && local) return;
  const [, given] = /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (token !== undefined && given !== undefined && same(given, token)) return;
  throw new CharlaError("metrics_forbidden", {
    status: 403,
    message:
      "The metrics need a token; without one only this machine reads them, and only where there are no accounts.",
    hint: "Set CHARLA_METRICS_TOKEN on the server and send it as: Authorization: Bearer <token>.",
  });
}

/** In a time that says nothing of where two texts differ; digests have the same length. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
