/**
 * This server as others see it who let people sign in: where people come back to, and its own description
 * (Client ID Metadata Document), which only a server with a public address can give.
 */
import { CharlaError } from "../../../../core/errors.ts";
import type { Settings } from "../../../../core/feature.ts";
import type { Reach } from "../../reach.ts";
import { clientMetadata } from "./protocol.ts";

/** A page of ours, which posts what it was sent: a session is not sent along from other sites. */
const PATH = "/tools/signed-in";
const DOCUMENT = "/api/tools/client";
const LIMIT_MS = 5_000;

export interface Own {
  /** @param request of the page, in whose origin the person is to come back */
  redirect(request: Request): string;
  /** @throws CharlaError `not_found` without a public address with TLS */
  described(): object;
  /** Address of the description, if it can be read from the internet. */
  document(): Promise<string | undefined>;
}

export function ownOf(
  { publicUrl }: Pick<Settings, "publicUrl">,
  reach: () => Promise<Reach>,
): Own {
  const id = publicUrl?.startsWith("https://") ? publicUrl + DOCUMENT : undefined;
  let readable: Promise<boolean> | undefined;
  return {
    // By the name that the browser has used; the door has let in none but our own.
    redirect: (request) => (publicUrl ?? new URL(request.url).origin) + PATH,
    described() {
      if (id === undefined) throw undescribed();
      return {
        ...{ client_id: id, client_uri: publicUrl, ...clientMetadata(publicUrl + PATH) },
        ...{ token_endpoint_auth_method: "none", application_type: "web" },
      };
    },
    async document() {
      if (id === undefined) return undefined;
      readable ??= reads(id, reach);
      if (await readable) return id;
      readable = undefined;
      return undefined;
    },
  };
}

/** As anybody on the internet would: a name that leads into the own network tells others nothing. */
async function reads(id: string, reach: () => Promise<Reach>): Promise<boolean> {
  try {
    const safe = await reach();
    const signal = AbortSignal.timeout(LIMIT_MS);
    const answer = await safe(id, { signal }, { redirects: 0, maxBytes: 10_000 });
    return ((await answer.json()) as { client_id?: unknown }).client_id === id;
  } catch {
    return false;
  }
}

function undescribed(): CharlaError {
  return new CharlaError("tool_client_undescribed", {
    status: 404,
    message: "This server has no public address with TLS, by which others could know it.",
    hint: "Its operator can give it one with CHARLA_PUBLIC_URL.",
  });
}
