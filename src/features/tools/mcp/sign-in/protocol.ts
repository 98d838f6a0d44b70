/**
 * OAuth 2.1 as MCP has it (2026-07-28), by the official client's own pieces: where one signs in (RFC 9728,
 * RFC 8414), as what Charla is known there (a given id, a Client ID Metadata Document, RFC 7591), the way
 * there and back (PKCE, RFC 8707, RFC 9207), refreshed tokens, and revoked ones (RFC 7009).
 *
 * The client's `auth()` does all of it at once, but puts answers of servers into the console and takes a
 * refresh that failed for a moment for a sign-in that has ended.
 */
import type { AuthorizationServerMetadata, FetchLike } from "@modelcontextprotocol/client";
import type { Reach } from "../../reach.ts";
import { ownIn } from "../errors.ts";
import { keyRefused, signInMixed, signInUnfit, signInUnregistered } from "./errors.ts";

/** A server of tools, as far as signing in to it goes. */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** Addresses of the policy whose origins may be of a private network, and without TLS. */
  readonly operator: readonly string[];
  /** As what Charla was registered by hand. */
  readonly client?: GivenClient | undefined;
}

export interface GivenClient {
  readonly id: string;
  readonly secret?: string | undefined;
  /** An address where it is known, by the policy; absent for what a person has given. */
  readonly of?: string | undefined;
}

/** Where one signs in to a server, and what for. */
export interface Found {
  readonly metadata: AuthorizationServerMetadata;
  /** What tokens are asked for (RFC 8707). */
  readonly resource: string;
  /** That the server can be used with; separated by spaces. */
  readonly scope?: string | undefined;
}

/** As what Charla is known at one place, with one address to come back to. */
export interface Client {
  readonly issuer: string;
  readonly redirect: string;
  readonly client_id: string;
  readonly client_secret?: string | undefined;
  readonly token_endpoint_auth_method?: string | undefined;
  /** Seconds since 1970; 0 for never. */
  readonly client_secret_expires_at?: number | undefined;
}

export interface Tokens {
  readonly issuer: string;
  readonly resource: string;
  /** Whose they are. */
  readonly client: Client;
  readonly access: string;
  readonly refresh?: string | undefined;
  readonly scope?: string | undefined;
  /** Milliseconds since 1970; absent where nobody said. */
  readonly expires?: number | undefined;
  /** From here on another one is asked for. */
  readonly renew?: number | undefined;
}

/** What has to be there again when a person comes back. */
export interface Begun {
  readonly verifier: string;
  readonly client: Client;
  readonly found: Found;
  readonly scope?: string | undefined;
}

/** Of one document or answer; they have a few thousand. */
const MAX_BYTES = 256 * 1024;
/** Before a token ends, milliseconds; half of its time where that is less. */
const EARLY_MS = 60_000;

const sdk = () => import("@modelcontextprotocol/client");

/** Our way to all of these addresses: the internet by TLS, and what the operator has named. */
export const askerOf =
  (reach: () => Promise<Reach>, place: Place, signal: AbortSignal): FetchLike =>
  async (address, { method = "GET", headers, body } = {}) => {
    const url = new URL(address);
    const operator = operatorOf(place, url);
    if (!operator && url.protocol !== "https:") throw signInUnfit(url.host, "https");
    const asked = {
      method: method as "GET" | "POST",
      headers: Object.fromEntries(new Headers(headers)),
      ...(body != null && { body: String(body) }),
      signal,
    };
    const safe = await reach();
    return safe(url.href, asked, {
      ...{ redirects: 0, maxBytes: MAX_BYTES },
      ...(operator !== undefined && { operator }),
    });
  };

const operatorOf = ({ operator }: Place, { origin }: URL): string | undefined =>
  operator.find((one) => new URL(one).origin === origin);

/** Whether tokens for this resource are for this server, which the policy may have moved. */
export async function isFor({ url }: Place, { resource }: Pick<Tokens, "resource">) {
  const { checkResourceAllowed } = await sdk();
  return checkResourceAllowed({ requestedResource: url, configuredResource: resource });
}

/** Characters of scopes: a server may name others with each answer, and they go into an address. */
const MOST_SCOPES = 2_000;

/** Each scope once, as far as there is room for them. */
export function joined(...scopes: readonly (string | undefined)[]): string | undefined {
  const each = new Set(scopes.flatMap((one) => one?.split(/\s+/) ?? []).filter(Boolean));
  let all = "";
  for (const one of each) {
    const more = all ? `${all} ${one}` : one;
    if (more.length > MOST_SCOPES) break;
    all = more;
  }
  return all || undefined;
}

/**
 * A client that was given is known at one place, and its secret is for no other: the one that the policy
 * says, or the first one that a person was shown.
 */
function checkGiven({ name, client }: Place, issuer: string, before: string | undefined): void {
  if (!client) return;
  const here =
    client.of === undefined
      ? before === undefined || before === issuer
      : new URL(client.of).origin === new URL(issuer).origin;
  if (!here) throw signInMixed(name);
}

/**
 * @param at of the resource's metadata, where the server has said it
 * @param before the issuer that was found the last time
 * @throws CharlaError `tool_server_key_needed`, `tool_sign_in_unfit`, `tool_sign_in_mixed`; whatever the network says
 */
export async function discover(
  place: Place,
  at: string | undefined,
  before: string | undefined,
  ask: FetchLike,
) {
  const server = new URL(place.url);
  // It is shown what comes of all this, wherever its metadata is.
  if (server.protocol !== "https:" && !operatorOf(place, server))
    throw signInUnfit(server.host, "https");
  const { discoverOAuthProtectedResourceMetadata, resourceUrlFromServerUrl, checkResourceAllowed } =
    await sdk();
  const asked = resourceUrlFromServerUrl(place.url).href;
  const described = await discoverOAuthProtectedResourceMetadata(
    place.url,
    at === undefined ? {} : { resourceMetadataUrl: at },
    ask,
  ).catch((thrown) => {
    if (ownIn(thrown) || thrown.constructor !== Error) throw thrown;
    if (at !== undefined) throw keyRefused(place.name, false);
    // Servers of before 2025-06-18 have no such document, and are signed in to at their own origin.
  });
  const resource = described?.resource ?? asked;
  if (!checkResourceAllowed({ requestedResource: asked, configuredResource: resource }))
    throw signInMixed(place.name);
  const issuer = described?.authorization_servers?.[0] ?? new URL("/", place.url).href;
  const metadata = await metadataOf(place, issuer, ask);
  checkGiven(place, metadata.issuer, before);
  const scope = joined(...(described?.scopes_supported ?? []));
  return { metadata, resource, scope } satisfies Found;
}

/** @throws CharlaError `tool_server_key_needed`, `tool_sign_in_unfit`, `tool_sign_in_mixed` */
async function metadataOf(place: Place, issuer: string, ask: FetchLike) {
  const { discoverAuthorizationServerMetadata, IssuerMismatchError } = await sdk();
  const metadata = await discoverAuthorizationServerMetadata(issuer, { fetchFn: ask }).catch(
    (thrown) => {
      throw thrown instanceof IssuerMismatchError ? signInMixed(place.name) : thrown;
    },
  );
  if (!metadata) throw keyRefused(place.name, false);
  const way = new URL(metadata.authorization_endpoint);
  // A browser is sent there. What has a script in place of an address is no address of TLS either.
  if (way.protocol !== "https:" && !(way.protocol === "http:" && operatorOf(place, way)))
    throw signInUnfit(hostOf(issuer), "https");
  if (!metadata.code_challenge_methods_supported?.includes("S256"))
    throw signInUnfit(hostOf(issuer), "PKCE (S256)");
  return metadata;
}

export const hostOf = (issuer: string): string => URL.parse(issuer)?.host ?? issuer.slice(0, 100);

/** What Charla says of itself wherever it is registered. */
export const clientMetadata = (redirect: string) => ({
  client_name: "Charla",
  redirect_uris: [redirect],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
});

/**
 * As what Charla asks there: what was given, what is known already, or what it is registered as now.
 *
 * @param document address of Charla's metadata, where the place could read it
 * @throws CharlaError `tool_sign_in_unregistered`
 */
export async function clientAt(
  place: Place,
  { metadata }: Found,
  known: Client | undefined,
  redirect: string,
  document: () => Promise<string | undefined>,
  ask: FetchLike,
): Promise<Client> {
  const { registerClient, resolveClientMetadata, RegistrationRejectedError } = await sdk();
  const { issuer } = metadata;
  const own = { issuer, redirect };
  if (place.client)
    return { ...own, client_id: place.client.id, client_secret: place.client.secret };
  const ends = known?.client_secret_expires_at ?? 0;
  const valid = ends === 0 || ends * 1000 > Date.now();
  if (known?.issuer === issuer && known.redirect === redirect && valid) return known;
  const page = metadata.client_id_metadata_document_supported === true && (await document());
  if (page) return { ...own, client_id: page, token_endpoint_auth_method: "none" };
  if (!metadata.registration_endpoint) throw signInUnregistered(hostOf(issuer), redirect);
  const methods = metadata.token_endpoint_auth_methods_supported ?? ["none"];
  const method = methods.includes("none") ? "none" : methods[0];
  const described = resolveClientMetadata({
    clientMetadata: { ...clientMetadata(redirect), token_endpoint_auth_method: method },
    redirectUrl: redirect,
  });
  const given = await registerClient(issuer, {
    ...{ metadata, clientMetadata: described, fetchFn: ask },
  }).catch((thrown) => {
    throw thrown instanceof RegistrationRejectedError
      ? signInUnregistered(hostOf(issuer), redirect)
      : thrown;
  });
  const { client_id, client_secret, token_endpoint_auth_method, client_secret_expires_at } = given;
  return {
    ...{ ...own, client_id, client_secret, token_endpoint_auth_method, client_secret_expires_at },
  };
}

/** @param wanted scopes that the server has asked for */
export async function wayTo(
  { metadata, resource, scope: usual }: Found,
  client: Client,
  wanted: string | undefined,
  state: string,
): Promise<{ url: string; verifier: string; scope: string | undefined }> {
  const { startAuthorization, computeScopeUnion } = await sdk();
  const some = wanted ?? usual;
  // Without it some places give tokens for an hour, and nothing to renew them by.
  const offline = some && metadata.scopes_supported?.includes("offline_access");
  const scope = computeScopeUnion(some, offline ? "offline_access" : undefined);
  const { authorizationUrl, codeVerifier } = await startAuthorization(metadata.issuer, {
    ...{ metadata, clientInformation: client, redirectUrl: client.redirect, state, resource },
    ...(scope !== undefined && { scope }),
  });
  return { url: authorizationUrl.href, verifier: codeVerifier, scope };
}

/** @throws CharlaError `tool_sign_in_mixed` where the answer is not of the place that was asked (RFC 9207) */
export async function checkIssuer(place: Place, { found }: Begun, iss: string | undefined) {
  const { validateAuthorizationResponseIssuer } = await sdk();
  const { issuer, authorization_response_iss_parameter_supported: told } = found.metadata;
  try {
    validateAuthorizationResponseIssuer({
      ...{ iss, expectedIssuer: issuer, issParameterSupported: told === true },
    });
  } catch {
    throw signInMixed(place.name);
  }
}

export async function exchange(
  begun: Begun,
  code: string,
  iss: string | undefined,
  ask: FetchLike,
) {
  const { exchangeAuthorization } = await sdk();
  const { client, verifier, found, scope } = begun;
  const given = await exchangeAuthorization(found.metadata.issuer, {
    ...{ metadata: found.metadata, clientInformation: client, authorizationCode: code },
    ...{ codeVerifier: verifier, redirectUri: client.redirect, resource: found.resource },
    ...(iss !== undefined && { iss }),
    fetchFn: ask,
  });
  const { issuer } = found.metadata;
  return tokensOf(given, { issuer, client, resource: found.resource, scope });
}

/** @throws OAuthError where the place wants the person to sign in again; see {@link endsSignIn} */
export async function refresh(place: Place, old: Tokens, ask: FetchLike): Promise<Tokens> {
  const { refreshAuthorization } = await sdk();
  const metadata = await metadataOf(place, old.issuer, ask);
  const given = await refreshAuthorization(old.issuer, {
    ...{ metadata, clientInformation: old.client, refreshToken: old.refresh ?? "" },
    ...{ resource: old.resource, fetchFn: ask },
  });
  return tokensOf(given, old);
}

type Given = Awaited<
  ReturnType<typeof import("@modelcontextprotocol/client").refreshAuthorization>
>;

type Before = Pick<Tokens, "issuer" | "client" | "resource" | "scope">;

function tokensOf(given: Given, { issuer, client, resource, scope: asked }: Before): Tokens {
  if (given.token_type.toLowerCase() !== "bearer") throw signInUnfit(hostOf(issuer), "Bearer");
  const { access_token: access, refresh_token, expires_in: seconds, scope = asked } = given;
  const lasts = seconds !== undefined && Number.isFinite(seconds) && seconds > 0 && seconds * 1000;
  const now = Date.now();
  return {
    ...{ issuer, client, resource, access, refresh: refresh_token, scope },
    ...(lasts && { expires: now + lasts, renew: now + lasts - Math.min(EARLY_MS, lasts / 2) }),
  };
}

/** Which of what is kept is worth nothing any more, after a refresh that was refused. */
export async function endsSignIn(thrown: unknown): Promise<"tokens" | "client" | undefined> {
  const { OAuthError, OAuthErrorCode: code } = await sdk();
  if (!(thrown instanceof OAuthError)) return undefined;
  if (thrown.code === code.InvalidClient || thrown.code === code.UnauthorizedClient)
    return "client";
  return thrown.code === code.InvalidGrant || thrown.code === code.InvalidScope
    ? "tokens"
    : undefined;
}

/** Tells the place to forget what it has given. Nothing is thrown: what cannot be said is forgotten here. */
export async function revoke(place: Place, tokens: Tokens, ask: FetchLike): Promise<void> {
  try {
    const { selectClientAuthMethod } = await sdk();
    const metadata = await metadataOf(place, tokens.issuer, ask);
    // Documents of OpenID Connect have it, too, where the client's types do not.
    const { revocation_endpoint: at, revocation_endpoint_auth_methods_supported: own } =
      metadata as Record<string, unknown>;
    if (typeof at !== "string") return;
    const methods = Array.isArray(own) ? own : metadata.token_endpoint_auth_methods_supported;
    const method = selectClientAuthMethod(tokens.client, methods ?? []);
    const { client_id, client_secret = "" } = tokens.client;
    for (const hint of ["refresh", "access"] as const) {
      const token = tokens[hint];
      if (token === undefined) continue;
      const body = new URLSearchParams({ token, token_type_hint: `${hint}_token` });
      const headers = new Headers({ "content-type": "application/x-www-form-urlencoded" });
      if (method === "client_secret_basic")
        headers.set("authorization", `Basic ${btoa(`${client_id}:${client_secret}`)}`);
      else body.set("client_id", client_id);
      if (method === "client_secret_post") body.set("client_secret", client_secret);
      const answer = await ask(at, { method: "POST", headers, body });
      await answer.body?.cancel();
    }
  } catch {
    // It is slow, away, or knows nothing of this: the tokens end by themselves.
  }
}
