/** Signing in by OpenID Connect, against a provider of the test's own. */
import { expect, test } from "vitest";
import { SESSION_COOKIE } from "../../../src/features/accounts/cookies.ts";
import { type Browser, serve } from "../../fixtures/shared-mode.ts";
import { type Claims, startProvider } from "./provider.ts";

const LEO: Claims = { sub: "1", email: "leo@example.org", email_verified: true, name: "Leo" };

async function withProvider(rules = "") {
  const provider = await startProvider();
  const policy = `[accounts.oidc]\nissuer = "${provider.issuer}"\nclient_id = "charla"\nname = "Example"\n${rules}`;
  const place = await serve({ policy, oidcSecret: "client-secret" });
  const ana = await place.administrator();
  const begin = async (browser: Browser) => (await browser.must("POST", "/api/auth/oidc")).url;
  /** @returns where it ends */
  const come = async (browser: Browser, claims: Claims) => {
    const path = provider.signIn(await begin(browser), claims);
    const reply = await browser.call("GET", path);
    expect(reply.status).toBe(303);
    return (reply.headers.get("location") ?? "").replace(place.origin, "");
  };
  return { provider, place, ana, begin, come };
}

const refused = (word: string) => `/account/sign-in?error=${word}`;

test("whoever was invited or is here already comes by the provider, and nobody else", async () => {
  const { place, ana, come, provider } = await withProvider();
  const leo = place.browser();
  const { methods } = await leo.must("GET", "/api/account/state");
  expect(methods.oidc).toBe("Example");
  expect(await come(leo, LEO)).toBe(refused("not_invited"));
  expect(await leo.person()).toBe(null);
  const wish = { email: "leo@example.org", role: "administrator" };
  await ana.must("POST", "/api/auth/invitations", wish);
  expect(await come(leo, { ...LEO, email_verified: false })).toBe(refused("email_not_verified"));
  expect(await come(leo, LEO)).toBe("/");
  expect((await leo.must("GET", "/api/account/state")).person).toMatchObject({
    ...{ name: "Leo", email: "leo@example.org", role: "administrator", hasPassword: false },
  });
  // Again, as the same person; and one who was here by password.
  const again = place.browser();
  expect(await come(again, LEO)).toBe("/");
  expect(await come(place.browser(), { ...LEO, sub: "2", email: "ana@example.org" })).toBe("/");
  expect((await ana.must("GET", "/api/auth/people")).items).toHaveLength(2);
  // The client proved itself, and nothing of the provider's is kept.
  expect(provider.exchanged.at(-1)?.get("client_secret")).toBe("client-secret");
  const cookie = again.set.find((one) => one.startsWith(SESSION_COOKIE));
  expect(cookie).toMatch(/SameSite=Strict/i);
  expect(await leo.fails("POST", "/api/auth/totp", { password: "anything at all" })).toBe(
    "no_password",
  );
});

test("a sign-in by the provider ends the session that the browser had before", async () => {
  const { ana, place, come } = await withProvider();
  const before = ana.cookies.get(SESSION_COOKIE) ?? "";
  expect(await come(ana, { ...LEO, email: "ana@example.org" })).toBe("/");
  expect(await ana.person()).toBe("ana@example.org");
  expect((await ana.must("GET", "/api/auth/sessions")).items).toHaveLength(1);
  const thief = place.browser();
  thief.cookies.set(SESSION_COOKIE, before);
  expect(await thief.person()).toBe(null);
});

test("a browser that sends its cookie to nobody's redirect has lost its session before", async () => {
  const { ana, provider, begin } = await withProvider();
  const before = ana.cookies.get(SESSION_COOKIE) ?? "";
  const path = provider.signIn(await begin(ana), { ...LEO, email: "ana@example.org" });
  // SameSite=Strict: the provider's page leads back here.
  ana.cookies.delete(SESSION_COOKIE);
  await ana.call("GET", path);
  expect(ana.cookies.get(SESSION_COOKIE)).not.toBe(before);
  expect((await ana.must("GET", "/api/auth/sessions")).items).toHaveLength(1);
});

test("who was switched off does not come by the provider either", async () => {
  const { place, ana, come } = await withProvider();
  const eva = await place.join(ana, "eva@example.org");
  const { id } = (await eva.must("GET", "/api/account/state")).person;
  await ana.must("PATCH", `/api/auth/people/${id}`, { active: false });
  expect(await come(eva, { ...LEO, email: "eva@example.org" })).toMatch(/\?error=\w+$/);
  expect(await eva.person()).toBe(null);
});

test("accounts are made by themselves for the domains of the policy only", async () => {
  const { place, come } = await withProvider(
    'auto_provision = true\nallowed_domains = ["example.org"]\n',
  );
  const leo = place.browser();
  expect(await come(leo, { ...LEO, email: "leo@example.com" })).toBe(refused("domain_not_allowed"));
  expect(await come(leo, { ...LEO, email: "leo@example.org.evil.com" })).toBe(
    refused("domain_not_allowed"),
  );
  expect(await come(leo, { ...LEO, email: "a@example.org@evil.com" })).not.toBe("/");
  expect(await come(leo, LEO)).toBe("/");
  expect((await leo.must("GET", "/api/account/state")).person.role).toBe("member");
});

test("answers that are forged, borrowed or used twice let nobody in", async () => {
  const { place, ana, begin, come, provider } = await withProvider();
  await ana.must("POST", "/api/auth/invitations", { email: "leo@example.org" });
  const leo = place.browser();
  for (const more of [
    { nonce: "another" },
    { aud: "another" },
    { iss: "https://evil.example" },
    { exp: 1 },
  ]) {
    provider.mischief.more = more;
    expect(await come(leo, LEO), JSON.stringify(more)).toMatch(/\?error=/);
  }
  delete provider.mischief.more;
  provider.mischief.key = "stranger";
  expect(await come(leo, LEO)).toMatch(/\?error=/);
  delete provider.mischief.key;
  // Another browser's answer (a sign-in that was forced on somebody).
  const path = provider.signIn(await begin(leo), LEO);
  const victim = place.browser();
  await victim.call("GET", path);
  expect(await victim.person()).toBe(null);
  expect(await come(leo, LEO)).toBe("/");
  for (const query of ["", "?code=x", "?state=x", "?code=x&state=x", "?error=%3Cscript%3E"]) {
    const reply = await victim.call("GET", `/api/auth/callback/oidc${query}`);
    expect(reply.headers.get("location") ?? "", query).toMatch(
      /^http:\/\/localhost:\d+\/account\/sign-in\?error=\w+$/,
    );
  }
});

test("a provider that is away is told as such, and comes back", async () => {
  const place = await serve({
    policy: '[accounts.oidc]\nissuer = "http://127.0.0.1:9"\nclient_id = "charla"\n',
  });
  expect(await place.browser().fails("POST", "/api/auth/oidc")).toBe("oidc_unreachable");
  const without = await serve();
  expect(await without.browser().fails("POST", "/api/auth/oidc")).toBe("oidc_off");
  expect(await without.browser().fails("GET", "/api/auth/callback/oidc?code=x&state=y")).toBe(
    "oidc_off",
  );
});
