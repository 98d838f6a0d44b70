/** Ways in and out, over HTTP against the whole product. */
import { APIError } from "better-auth/api";
import { expect, test } from "vitest";
import { SESSION_COOKIE } from "../../../src/features/accounts/cookies.ts";
import { asked } from "../../../src/features/accounts/visit.ts";
import { Authenticator } from "../../fixtures/authenticator.ts";
import { openAt } from "../../fixtures/databases.ts";
import { PASSWORD, serve } from "../../fixtures/shared-mode.ts";
import { totpOf } from "../../fixtures/totp.ts";

test("the first administrator comes by the token of the terminal, and nobody comes after", async () => {
  const place = await serve();
  const visitor = place.browser();
  expect(await visitor.must("GET", "/api/account/state")).toMatchObject({
    ...{ mode: "shared", person: null, setUpNeeded: true },
    methods: { password: true, passkey: true, oidc: null },
  });
  const person = { name: "Ana", email: "Ana@Example.org", password: PASSWORD };
  const setUp = (body: object) => visitor.fails("POST", "/api/auth/set-up", { ...person, ...body });
  expect(await setUp({ token: "x".repeat(43) })).toBe("link_invalid");
  const token = place.setUpToken();
  expect(token).toHaveLength(43);
  expect(await setUp({ token, password: "short" })).toBe("password_too_short");
  expect(await setUp({ token })).toBe("");
  expect(await visitor.must("GET", "/api/account/state")).toMatchObject({
    person: { email: "ana@example.org", role: "administrator", hasPassword: true, totp: false },
    setUpNeeded: false,
  });
  expect(await setUp({ token })).toBe("link_invalid");
  expect(place.logged).toEqual([]);
});

test("of two who are set up at the same moment, one is", async () => {
  const place = await serve();
  const token = place.setUpToken();
  const tries = ["ana", "eva", "leo", "sol"].map((name) =>
    place.browser().fails("POST", "/api/auth/set-up", {
      ...{ token, name, email: `${name}@example.org`, password: PASSWORD },
    }),
  );
  expect((await Promise.all(tries)).toSorted()).toEqual(["", ...Array(3).fill("link_invalid")]);
});

test("a new start prints a new token, and none when somebody is there", async () => {
  const first = await serve();
  const old = first.setUpToken();
  await first.stop();
  const second = await serve({ home: first.home });
  const person = { name: "Ana", email: "ana@example.org", password: PASSWORD };
  const tried = await second.browser().fails("POST", "/api/auth/set-up", { token: old, ...person });
  expect(tried).toBe("link_invalid");
  const ana = await second.administrator();
  await second.stop();
  const third = await serve({ home: first.home });
  expect(third.told).toEqual([]);
  // What signs the cookie outlives the server.
  const again = third.browser();
  for (const [name, value] of ana.cookies) again.cookies.set(name, value);
  expect(await again.person()).toBe("ana@example.org");
});

test("a wrong password and an unknown address look the same", async () => {
  const place = await serve();
  await place.administrator();
  const visitor = place.browser();
  const wrong = await visitor.signIn("ana@example.org", "not the password");
  const unknown = await visitor.signIn("nobody@example.org", "not the password");
  expect([wrong.status, wrong.body]).toEqual([unknown.status, unknown.body]);
  expect(wrong.body.error.code).toBe("sign_in_failed");
  expect(visitor.cookies.size).toBe(0);
  expect((await visitor.signIn("ANA@example.org")).body).toEqual({ next: "done" });
  expect(await visitor.person()).toBe("ana@example.org");
});

test("the session's cookie is for this host alone, and no script sees it", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const cookie = ana.set.find((one) => one.startsWith(`${SESSION_COOKIE}=`)) ?? "";
  for (const wanted of ["Path=/", "HttpOnly", "Secure", "SameSite=Strict"]) {
    expect(cookie).toContain(wanted);
  }
  expect(cookie).not.toMatch(/domain=/i);
  expect(Number(/Max-Age=(\d+)/.exec(cookie)?.[1])).toBe(14 * 86_400);
});

test("every sign-in begins a new session, and ends the one before it in that browser", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const before = ana.cookies.get(SESSION_COOKIE) ?? "";
  await ana.signIn("ana@example.org");
  expect(ana.cookies.get(SESSION_COOKIE)).not.toBe(before);
  const thief = place.browser();
  thief.cookies.set(SESSION_COOKIE, before);
  expect(await thief.fails("GET", "/api/auth/sessions")).toBe("session_ended");
  // A value that somebody else has chosen never becomes a session.
  const victim = place.browser();
  victim.cookies.set(SESSION_COOKIE, "fixed.value");
  await victim.signIn("ana@example.org");
  expect(victim.cookies.get(SESSION_COOKIE)).not.toContain("fixed");
  expect((await ana.must("GET", "/api/auth/sessions")).items).toHaveLength(2);
  await ana.must("POST", "/api/auth/sign-out");
  expect(ana.cookies.has(SESSION_COOKIE)).toBe(false);
  expect(await ana.fails("GET", "/api/auth/sessions")).toBe("not_signed_in");
});

test("a cookie whose signature or token was changed is no session", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const value = decodeURIComponent(ana.cookies.get(SESSION_COOKIE) ?? "");
  const [token = "", signature = ""] = value.split(".");
  const rows = await ana.must("GET", "/api/auth/sessions");
  const id = rows.items[0].id;
  for (const forged of [
    token,
    `${token}.`,
    `${token}.${signature.slice(0, -3)}AA=`,
    `${id}.${signature}`,
    `.${signature}`,
    ".",
  ]) {
    const thief = place.browser();
    thief.cookies.set(SESSION_COOKIE, encodeURIComponent(forged));
    expect(await thief.fails("GET", "/api/auth/sessions"), forged).toBe("session_ended");
  }
});

test("codes of an authenticator are asked after the password, and each works once", async () => {
  const place = await serve();
  const ana = await place.administrator();
  expect(await ana.fails("POST", "/api/auth/totp", { password: "not the password" })).toBe(
    "password_wrong",
  );
  const { uri, backupCodes } = await ana.must("POST", "/api/auth/totp", { password: PASSWORD });
  expect(new URL(uri).protocol).toBe("otpauth:");
  expect(backupCodes).toHaveLength(10);
  // Nothing is asked before the first code has shown that the app has the secret.
  expect((await place.browser().signIn("ana@example.org")).body).toEqual({ next: "done" });
  expect(await ana.fails("POST", "/api/auth/totp/verify", { code: "000000" })).toBe(
    "code_rejected",
  );
  // The next one is good as well, and this one is needed below.
  await ana.must("POST", "/api/auth/totp/verify", { code: totpOf(uri, Date.now() + 30_000) });
  expect((await ana.must("GET", "/api/account/state")).person.totp).toBe(true);

  const begun = async () => {
    const visitor = place.browser();
    expect((await visitor.signIn("ana@example.org")).body).toEqual({ next: "code" });
    expect(visitor.cookies.has(SESSION_COOKIE)).toBe(false);
    expect(await visitor.person()).toBe(null);
    return visitor;
  };
  const visitor = await begun();
  const code = totpOf(uri);
  const wrong = String((Number(code) + 7) % 1_000_000).padStart(6, "0");
  expect(await visitor.fails("POST", "/api/auth/sign-in/code", { totp: wrong })).toBe(
    "code_rejected",
  );
  await visitor.must("POST", "/api/auth/sign-in/code", { totp: code });
  expect(await visitor.person()).toBe("ana@example.org");
  const replayer = await begun();
  expect(await replayer.fails("POST", "/api/auth/sign-in/code", { totp: code })).toBe(
    "code_rejected",
  );
  expect(await replayer.person()).toBe(null);

  const backup = backupCodes[0];
  await replayer.signIn("ana@example.org");
  await replayer.must("POST", "/api/auth/sign-in/code", { backup });
  expect(await replayer.person()).toBe("ana@example.org");
  const third = await begun();
  expect(await third.fails("POST", "/api/auth/sign-in/code", { backup })).toBe("code_rejected");
  expect(await place.browser().fails("POST", "/api/auth/sign-in/code", { totp: code })).toBe(
    "code_too_late",
  );

  await ana.must("POST", "/api/auth/totp/disable", { password: PASSWORD });
  expect((await place.browser().signIn("ana@example.org")).body).toEqual({ next: "done" });
});

test("wrong codes are counted by the account whose password was right", async () => {
  const place = await serve({ policy: "[limits]\nsign_in_tries = 1\n" });
  const ana = await place.administrator();
  const { uri } = await ana.must("POST", "/api/auth/totp", { password: PASSWORD });
  await ana.must("POST", "/api/auth/totp/verify", { code: totpOf(uri, Date.now() + 30_000) });
  const answers: string[] = [];
  for (let n = 0; n < 3; n++) {
    const visitor = place.browser();
    await visitor.signIn("ana@example.org");
    answers.push(await visitor.fails("POST", "/api/auth/sign-in/code", { backup: `wrong-${n}` }));
  }
  expect(answers).toEqual(["code_rejected", "code_rejected", "tries_limited"]);
});

test("what is refused without a reason that we know is still no fault of ours", async () => {
  const refused = (status: "CONFLICT" | "FORBIDDEN" | "INTERNAL_SERVER_ERROR") =>
    asked(Promise.reject(new APIError(status, { message: "try again" }))).catch((thrown) => thrown);
  expect(await refused("CONFLICT")).toMatchObject({ code: "used_meanwhile", status: 409 });
  expect(await refused("FORBIDDEN")).toMatchObject({ code: "sign_in_refused", status: 401 });
  expect(await refused("INTERNAL_SERVER_ERROR")).toMatchObject({ statusCode: 500 });
});

test("strangers who ask for a passkey write nothing to the disk", async () => {
  const place = await serve();
  await place.administrator();
  const visitor = place.browser();
  for (let n = 0; n < 3; n++) await visitor.must("POST", "/api/auth/sign-in/passkey/options");
  await place.stop();
  const { db, close } = await openAt(place.home);
  expect(await db.selectFrom("account_challenge").selectAll().execute()).toEqual([]);
  await close();
});

test("a person has at most fifty keys", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const body = { name: "Key", scopes: ["chat"], days: 1 };
  const make = () => ana.fails("POST", "/api/auth/keys", body);
  for (let n = 0; n < 50; n++) expect(await make()).toBe("");
  expect(await make()).toBe("keys_full");
  const [{ id }] = (await ana.must("GET", "/api/auth/keys")).items;
  await ana.must("DELETE", `/api/auth/keys/${id}`);
  expect(await make()).toBe("");
});

test("a session in the background does not stand in for a code", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const { uri } = await ana.must("POST", "/api/auth/totp", { password: PASSWORD });
  await ana.must("POST", "/api/auth/totp/verify", { code: totpOf(uri) });
  const own = await eva.must("POST", "/api/auth/totp", { password: PASSWORD });
  await eva.must("POST", "/api/auth/totp/verify", { code: totpOf(own.uri) });
  // Eva is signed in, knows Ana's password, and has codes of her own.
  const session = eva.cookies.get(SESSION_COOKIE) ?? "";
  const other = place.browser();
  expect((await other.signIn("ana@example.org")).body).toEqual({ next: "code" });
  other.cookies.set(SESSION_COOKIE, session);
  const totp = totpOf(own.uri, Date.now() + 30_000);
  expect(await other.fails("POST", "/api/auth/sign-in/code", { totp })).toBe("code_rejected");
  expect(await other.person()).toBe("eva@example.org");
});

test("wrong codes are counted per person, whatever the number of sign-ins", async () => {
  const place = await serve({
    policy: "[limits]\nsign_in_tries = 100\n",
  });
  const ana = await place.administrator();
  const { uri } = await ana.must("POST", "/api/auth/totp", { password: PASSWORD });
  await ana.must("POST", "/api/auth/totp/verify", { code: totpOf(uri) });
  const seen = new Set<string>();
  for (let sign = 0; sign < 4; sign++) {
    const visitor = place.browser();
    await visitor.signIn("ana@example.org");
    for (let each = 0; each < 4; each++) {
      seen.add(await visitor.fails("POST", "/api/auth/sign-in/code", { totp: "000000" }));
    }
  }
  expect(seen).toEqual(new Set(["code_rejected", "codes_locked"]));
});

test("a passkey lets its person in, at this address, once each, with the person verified", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const { origin } = place;
  const device = new Authenticator();
  const options = () => ana.must("POST", "/api/auth/passkeys/options");
  const add = (credential: object) =>
    ana.fails("POST", "/api/auth/passkeys", { name: "Phone", credential });
  expect(await add(device.create(await options(), { origin, verified: false }))).toBe(
    "passkey_failed",
  );
  expect(await add(device.create(await options(), { origin: "https://evil.example" }))).toBe(
    "passkey_failed",
  );
  expect(await add(device.create(await options(), { origin, certificates: true }))).toBe(
    "passkey_failed",
  );
  const created = device.create(await options(), { origin });
  expect(await add(created)).toBe("");
  expect(await add(created), "a challenge that was answered").toBe("passkey_failed");

  const visitor = place.browser();
  const ask = () => visitor.must("POST", "/api/auth/sign-in/passkey/options");
  const enter = (answer: object) => visitor.fails("POST", "/api/auth/sign-in/passkey", answer);
  const good = device.get(await ask(), { origin });
  expect(
    await place.browser().fails("POST", "/api/auth/sign-in/passkey", good),
    "another browser",
  ).toBe("passkey_failed");
  expect(await enter(good)).toBe("");
  expect(await visitor.person()).toBe("ana@example.org");
  await visitor.must("POST", "/api/auth/sign-out");
  expect(await enter(good), "the same answer again").toBe("passkey_failed");
  expect(await enter(device.get(await ask(), { origin, verified: false }))).toBe("passkey_failed");
  expect(await enter(device.get(await ask(), { origin: "https://evil.example" }))).toBe(
    "passkey_failed",
  );
  expect(await enter(new Authenticator().get(await ask(), { origin }))).toBe("passkey_failed");
  device.counter = 0;
  expect(await enter(device.get(await ask(), { origin })), "a copied device").toBe(
    "passkey_failed",
  );
  device.counter = 100;
  expect(await enter(device.get(await ask(), { origin }))).toBe("");

  const [own] = (await ana.must("GET", "/api/auth/passkeys")).items;
  expect(own).toMatchObject({ name: "Phone", usedAt: expect.any(String) });
  const eva = await place.join(ana, "eva@example.org");
  expect(await eva.fails("DELETE", `/api/auth/passkeys/${own.id}`)).toBe("account_item_not_found");
  await ana.call("DELETE", `/api/auth/passkeys/${own.id}`);
  expect(await enter(device.get(await ask(), { origin }))).toBe("passkey_failed");
});

test("passkeys are not offered where the page was opened by an address", async () => {
  const place = await serve();
  const address = await fetch(`${place.app.url}/api/account/state`);
  expect(((await address.json()) as { methods: object }).methods).toMatchObject({ passkey: false });
});

test("nobody who has not signed in can make the server keep a large body in memory", async () => {
  const place = await serve();
  const reference = await place.browser().must("GET", "/openapi.json");
  const paths = Object.entries<Record<string, object>>(reference.paths);
  let [strangers, others] = [0, 0];
  for (const [path, methods] of paths) {
    for (const [method, operation] of Object.entries(methods)) {
      if (!("requestBody" in operation)) continue;
      const address = path.replace(/\{\w+\}/g, "x");
      const body = { token: "x".repeat(50_000) };
      const reply = await place.browser().call(method.toUpperCase(), address, body);
      expect([401, 413], `${method} ${path}`).toContain(reply.status);
      if (reply.status === 413) strangers += 1;
      else others += 1;
    }
  }
  expect(strangers).toBeGreaterThan(7);
  expect(others).toBeGreaterThan(10);
});
