/** People and their roles: inviting, switching off, links, and what an administrator cannot do. */
import { expect, test } from "vitest";
import { type Browser, PASSWORD, type Place, serve } from "../../fixtures/shared-mode.ts";

const tokenOf = (made: { link: string }) => made.link.split("#")[1] ?? "";

async function idOf(administrator: Browser, email: string): Promise<string> {
  const { items } = await administrator.must("GET", "/api/auth/people");
  return items.find((one: { email: string }) => one.email === email).id;
}

async function withEva(): Promise<{ place: Place; ana: Browser; eva: Browser; id: string }> {
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  return { place, ana, eva, id: await idOf(ana, "eva@example.org") };
}

test("an invitation works once, for the address and role that it was made for", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const wish = { email: "Eva@Example.org", role: "member" };
  const first = await ana.must("POST", "/api/auth/invitations", wish);
  const made = await ana.must("POST", "/api/auth/invitations", wish);
  expect(made.link.startsWith(`${place.origin}/account/invitation#`)).toBe(true);
  const visitor = place.browser();
  const look = (token: string) => visitor.call("POST", "/api/auth/invitations/look", { token });
  expect((await look(tokenOf(first))).body.error.code).toBe("link_invalid");
  expect((await look(tokenOf(made))).body).toEqual({ email: "eva@example.org", role: "member" });
  const token = tokenOf(made);
  const accept = (more: object) =>
    visitor.fails("POST", "/api/auth/invitations/accept", {
      token,
      name: "Eva",
      password: PASSWORD,
      ...more,
    });
  // The address and the role are the invitation's and not the visitor's.
  expect(await accept({ role: "administrator" })).toBe("unsupported_parameter");
  expect(await accept({ email: "x@example.org" })).toBe("unsupported_parameter");
  const both = [place.browser(), place.browser()].map((one) =>
    one.fails("POST", "/api/auth/invitations/accept", { token, name: "Eva", password: PASSWORD }),
  );
  expect((await Promise.all(both)).toSorted()).toEqual(["", "link_invalid"]);
  expect((await ana.must("GET", "/api/auth/people")).items).toHaveLength(2);
  expect(await ana.fails("POST", "/api/auth/invitations", wish)).toBe("email_taken");
});

test("an invitation that was withdrawn, or whose kind is another, is worth nothing", async () => {
  const { place, ana, id } = await withEva();
  const made = await ana.must("POST", "/api/auth/invitations", { email: "leo@example.org" });
  const reset = await ana.must("POST", `/api/auth/people/${id}/reset`, {});
  const visitor = place.browser();
  const person = { name: "Leo", password: PASSWORD };
  const use = (path: string, body: object) => visitor.fails("POST", path, body);
  const accept = "/api/auth/invitations/accept";
  expect(await use(accept, { token: tokenOf(reset), ...person })).toBe("link_invalid");
  expect(await use("/api/auth/reset", { token: tokenOf(made), password: PASSWORD })).toBe(
    "link_invalid",
  );
  const setUp = { token: tokenOf(made), ...person, email: "leo@example.org" };
  expect(await use("/api/auth/set-up", setUp)).toBe("link_invalid");
  await ana.call("DELETE", `/api/auth/invitations/${made.invitation.id}`);
  expect(await use(accept, { token: tokenOf(made), ...person })).toBe("link_invalid");
  expect((await ana.must("GET", "/api/auth/invitations")).items).toEqual([]);
});

test("members manage nobody", async () => {
  const { eva, id } = await withEva();
  const tries = [
    eva.fails("GET", "/api/auth/people"),
    eva.fails("GET", "/api/auth/invitations"),
    eva.fails("POST", "/api/auth/invitations", { email: "x@example.org", role: "administrator" }),
    eva.fails("PATCH", `/api/auth/people/${id}`, { role: "administrator" }),
    eva.fails("POST", `/api/auth/people/${id}/reset`, {}),
    eva.fails("GET", "/api/audit"),
  ];
  expect(new Set(await Promise.all(tries))).toEqual(new Set(["administrator_only"]));
});

test("who is switched off has no session, no key and no way in, until switched on", async () => {
  const { place, ana, eva, id } = await withEva();
  const { secret } = await eva.must("POST", "/api/auth/keys", {
    name: "k",
    scopes: ["chat", "models:read"],
    days: 1,
  });
  const byKey = () =>
    place.browser().fails("GET", "/v1/models", undefined, { authorization: `Bearer ${secret}` });
  expect(await byKey()).toBe("");
  const reset = await ana.must("POST", `/api/auth/people/${id}/reset`, {});
  expect(await ana.must("PATCH", `/api/auth/people/${id}`, { active: false })).toMatchObject({
    active: false,
  });
  expect(await eva.fails("GET", "/api/auth/sessions")).toBe("session_ended");
  expect(await byKey()).toBe("key_invalid");
  const visitor = place.browser();
  const wrong = await visitor.signIn("eva@example.org", "not the password");
  const right = await visitor.signIn("eva@example.org");
  expect([right.status, right.body]).toEqual([wrong.status, wrong.body]);
  expect(
    await visitor.fails("POST", "/api/auth/reset", { token: tokenOf(reset), password: PASSWORD }),
  ).toBe("link_invalid");
  await ana.must("PATCH", `/api/auth/people/${id}`, { active: true });
  expect(await byKey()).toBe("key_invalid");
  expect((await visitor.signIn("eva@example.org")).status).toBe(200);
});

test("a change of role counts from the next request on", async () => {
  const { ana, eva, id } = await withEva();
  await ana.must("PATCH", `/api/auth/people/${id}`, { role: "administrator" });
  expect((await eva.must("GET", "/api/auth/people")).items).toHaveLength(2);
  await ana.must("PATCH", `/api/auth/people/${id}`, { role: "member" });
  expect(await eva.fails("GET", "/api/auth/people")).toBe("administrator_only");
});

test("the last administrator stays, also when two leave at the same moment", async () => {
  const { ana, eva, id } = await withEva();
  const own = await idOf(ana, "ana@example.org");
  const patch = (who: Browser, of: string, body: object) =>
    who.fails("PATCH", `/api/auth/people/${of}`, body);
  expect(await patch(ana, own, { role: "member" })).toBe("last_administrator");
  expect(await patch(ana, own, { active: false })).toBe("last_administrator");
  expect(await patch(ana, "nobody", { active: false })).toBe("person_not_found");
  await ana.must("PATCH", `/api/auth/people/${id}`, { role: "administrator" });
  const both = await Promise.all([
    patch(ana, own, { role: "member" }),
    patch(eva, id, { role: "member" }),
  ]);
  expect(both.toSorted()).toEqual(["", "last_administrator"]);
});

test("a link sets a new password once, and ends whatever was open", async () => {
  const { place, ana, eva, id } = await withEva();
  const made = await ana.must("POST", `/api/auth/people/${id}/reset`, {});
  const next = "a quite different sentence";
  const visitor = place.browser();
  const use = (password: string) =>
    visitor.fails("POST", "/api/auth/reset", { token: tokenOf(made), password });
  expect(await use("password1234")).toBe("password_too_common");
  expect(await use(next)).toBe("");
  expect(await use(next)).toBe("link_invalid");
  expect(await eva.fails("GET", "/api/auth/sessions")).toBe("session_ended");
  expect((await visitor.signIn("eva@example.org")).status).toBe(401);
  expect((await visitor.signIn("eva@example.org", next)).status).toBe(200);
  // The person sees that it was done.
  const { person } = await visitor.must("GET", "/api/account/state");
  expect(person.resetAt).toEqual(expect.any(String));
});

test("a link that takes the factors off takes the keys as well, and no other link does", async () => {
  const { place, ana, eva, id } = await withEva();
  const key = { name: "k", scopes: ["conversations:read"], days: 1 };
  const { secret } = await eva.must("POST", "/api/auth/keys", key);
  const own = await ana.must("POST", "/api/auth/keys", key);
  const ask = (one: string) =>
    place
      .browser()
      .fails("GET", "/api/conversations", undefined, { authorization: `Bearer ${one}` });
  const next = "a quite different sentence";
  for (const [factors, code] of [
    [false, ""],
    [true, "key_invalid"],
  ] as const) {
    const made = await ana.must("POST", `/api/auth/people/${id}/reset`, { factors });
    const body = { token: tokenOf(made), password: next };
    await place.browser().must("POST", "/api/auth/reset", body);
    expect(await ask(secret)).toBe(code);
  }
  expect(await ask(own.secret)).toBe("");
  expect((await eva.signIn("eva@example.org", next)).status).toBe(200);
  expect((await eva.must("GET", "/api/auth/keys")).items).toEqual([]);
});

test("administrators have no way into the chats of others", async () => {
  const { ana, eva } = await withEva();
  const { id } = await eva.must("POST", "/api/conversations", {});
  expect((await ana.must("GET", "/api/conversations")).items).toEqual([]);
  expect(await ana.fails("GET", `/api/conversations/${id}`)).toBe("conversation_not_found");
});

test("every administrative act is in the audit log, and no secret is", async () => {
  const { ana, eva, id } = await withEva();
  await eva.must("POST", "/api/auth/keys", { name: "k", scopes: ["chat"], days: 1 });
  const { link } = await ana.must("POST", `/api/auth/people/${id}/reset`, {});
  await ana.must("PATCH", `/api/auth/people/${id}`, { role: "administrator" });
  const log = await ana.must("GET", "/api/audit");
  const acts = log.items.map(({ act }: { act: string }) => act);
  for (const act of [
    "installation.set_up",
    "session.started",
    "person.invited",
    "person.joined",
    "key.created",
    "person.reset_link_made",
    "person.changed",
  ]) {
    expect(acts).toContain(act);
  }
  const all = JSON.stringify(log);
  for (const secret of [PASSWORD, link.split("#")[1], "eva@example.org"]) {
    expect(all).not.toContain(secret);
  }
});
