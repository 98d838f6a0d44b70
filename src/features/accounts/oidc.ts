/** Signing in by OpenID Connect: the way to the provider, and the way back. */
import { OIDC } from "./auth.ts";
import { COOKIE_PREFIX, SESSION_COOKIE, STATE_COOKIE } from "./cookies.ts";
import type { Desk } from "./desk.ts";
import { oidcUnreachable } from "./errors.ts";
import { forgetOld } from "./sign-in.ts";
import { headersOf, reply } from "./visit.ts";

/** Where the browser goes, and the cookie that its answer has to match. */
export async function startOidc(desk: Desk, request: Request): Promise<Response> {
  const auth = await desk.oidc();
  const call = auth.api.signInSocial({
    body: {
      ...{ provider: OIDC, callbackURL: `${desk.origin}/`, errorCallbackURL: signInPage(desk) },
      disableRedirect: true,
    },
    ...{ headers: headersOf(request), returnHeaders: true },
  });
  const { response, headers } = await call.catch((thrown) =>
    Promise.reject(oidcUnreachable(thrown)),
  );
  // On the way back, from another site, the browser does not send its session.
  await forgetOld(desk, request);
  return reply({ url: response.url }, headers);
}

const signInPage = ({ origin }: Desk) => `${origin}/account/sign-in`;

/** The provider sends the browser back here; whatever happens, it ends at a page of ours. */
export async function endOidc(
  desk: Desk,
  request: Request,
  query: Record<string, string | undefined>,
): Promise<Response> {
  const auth = await desk.oidc();
  const result = await auth.api.callbackOAuth({
    ...{ method: "GET", params: { id: OIDC }, query, asResponse: true },
    headers: headersOf(request, [STATE_COOKIE, `${COOKIE_PREFIX}.oauth_state`]),
  });
  const answer = result as unknown as Response;
  const cookies = answer.headers.getSetCookie();
  const token = sessionIn(cookies);
  const location = new URL(answer.headers.get("location") ?? "/", desk.origin);
  const error = location.searchParams.get("error") ?? (token ? null : "failed");
  // Of what comes from outside, one plain word goes on to the page.
  const word = error === null || /^\w{1,60}$/.test(error) ? error : "failed";
  const target = word === null ? `${desk.origin}/` : `${signInPage(desk)}?error=${word}`;
  if (word === null && token) {
    const query = desk.db
      .selectFrom("account_session")
      .select("user_id")
      .where("token", "=", token);
    const { user_id: id } = await query.executeTakeFirstOrThrow();
    await forgetOld(desk, request);
    const details = { by: "openid connect" };
    await desk.record({ actor: id, act: "session.started", subject: id, details });
  }
  const headers = new Headers({ location: target, "cache-control": "no-store" });
  for (const one of word === null ? cookies : []) headers.append("set-cookie", one);
  return new Response(null, { status: 303, headers });
}

/** The session's token; behind the dot is better-auth's signature. */
function sessionIn(cookies: readonly string[]): string | undefined {
  const start = `${SESSION_COOKIE}=`;
  const value = cookies
    .find((one) => one.startsWith(start))
    ?.slice(start.length)
    .split(";")[0];
  return value ? decodeURIComponent(value).split(".")[0] : undefined;
}
