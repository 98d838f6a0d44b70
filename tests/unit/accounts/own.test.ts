/** One's own account: sessions, password, keys, and what of it is stored. */
import { expect, test, vi } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { CharlaError } from "../../../src/core/errors.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { SESSION_COOKIE } from "../../../src/features/accounts/cookies.ts";
import { PASSWORD, serve } from "../../fixtures/shared-mode.ts";

const NEXT = "a quite different sentence";

test("sessions are seen and ended, each by its own person", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const phone = place.browser();
  await phone.signIn("ana@example.org");
  const list = async () => (await ana.must("GET", "/api/auth/sessions")).items;
  const others = (await list()).filter(({ current }: { current: boolean }) => !current);
  expect(others).toHaveLength(1);
  expect(await eva.fails("DELETE", `/api/auth/sessions/${others[0].id}`)).toBe(
    "account_item_not_found",
  );
  expect(await phone.person()).toBe("ana@example.org");
  await ana.call("DELETE", `/api/auth/sessions/${others[0].id}`);
  expect(await phone.fails("GET", "/api/auth/sessions")).toBe("session_ended");
  await phone.signIn("ana@example.org");
  await ana.call("DELETE", "/api/auth/sessions");
  expect(await phone.fails("GET", "/api/auth/sessions")).toBe("session_ended");
  expect(await list()).toHaveLength(1);
  // The page learns it without an error, and its cookie is taken away.
  expect(await phone.person()).toBe(null);
  expect(phone.cookies.has(SESSION_COOKIE)).toBe(false);
});

test("a new password ends all other sessions and links, and gives this one a new name", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const phone = place.browser();
  await phone.signIn("ana@example.org");
  const before = ana.cookies.get(SESSION_COOKIE) ?? "";
  const change = (current: string, next: string) =>
    ana.fails("POST", "/api/auth/password", { current, next });
  expect(await change("not the password", NEXT)).toBe("password_wrong");
  expect(await change(PASSWORD, "short")).toBe("password_too_short");
  expect(await change(PASSWORD, NEXT)).toBe("");
  expect(await phone.fails("GET", "/api/auth/sessions")).toBe("session_ended");
  expect(await ana.person()).toBe("ana@example.org");
  const thief = place.browser();
  thief.cookies.set(SESSION_COOKIE, before);
  expect(await thief.person()).toBe(null);
  expect((await place.browser().signIn("ana@example.org")).status).toBe(401);
  expect((await place.browser().signIn("ana@example.org", NEXT)).status).toBe(200);
});

test("a session ends when its time is over, and a fresh sign-in is asked for before", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const key = { name: "k", scopes: ["chat"], days: 1 };
  const soon = Date.now() + 16 * 60_000;
  vi.useFakeTimers({ toFake: ["Date"], now: soon });
  try {
    expect(await ana.fails("POST", "/api/auth/keys", key)).toBe("sign_in_again");
    expect(await ana.fails("POST", "/api/auth/passkeys/options")).toBe("sign_in_again");
    expect(await ana.fails("POST", "/api/auth/invitations", { email: "x@example.org" })).toBe(
      "sign_in_again",
    );
    expect(await ana.fails("GET", "/api/auth/keys")).toBe("");
    vi.setSystemTime(Date.now() + 13.9 * 86_400_000);
    // Being used does not make it longer.
    expect(await ana.person()).toBe("ana@example.org");
    vi.setSystemTime(Date.now() + 0.2 * 86_400_000);
    expect(await ana.fails("GET", "/api/auth/keys")).toBe("session_ended");
  } finally {
    vi.useRealTimers();
  }
});

test("a key does what it was made for, until it expires or is revoked", async () => {
  const place = await serve({ policy: "[accounts]\nkey_days = 30\n" });
  const ana = await place.administrator();
  const make = (body: object) => ana.call("POST", "/api/auth/keys", { name: "Laptop", ...body });
  expect((await make({ scopes: ["chat"], days: 31 })).body.error.code).toBe("key_lives_too_long");
  expect((await make({ scopes: [], days: 1 })).status).toBe(400);
  expect((await make({ scopes: ["administrator"], days: 1 })).status).toBe(400);
  const { key, secret } = (await make({ scopes: ["conversations:read"], days: 30 })).body;
  expect(secret).toMatch(/^charla_[\w-]{43}$/);
  const program = place.browser();
  const ask = (method: string, path: string, with_: string, body?: unknown) =>
    program.fails(method, path, body, { authorization: with_ });
  const bearer = `Bearer ${secret}`;
  expect(await ask("GET", "/api/conversations", bearer)).toBe("");
  expect(await ask("GET", "/api/conversations", `bearer   ${secret}`)).toBe("");
  const refused: ReadonlyArray<readonly [string, string]> = [
    ["POST", "/api/conversations"],
    ["POST", "/v1/chat/completions"],
    ["POST", "/api/chat"],
    ["GET", "/v1/models"],
    ["GET", "/api/auth/keys"],
    ["POST", "/api/auth/keys"],
    ["GET", "/api/auth/people"],
    ["GET", "/api/engine"],
  ];
  for (const [method, path] of refused) {
    expect(await ask(method, path, bearer), path).toBe("key_not_allowed");
  }
  for (const wrong of ["Bearer", "Bearer ", "Bearer x", `Bearer ${secret}x`, `Bearer ${key.id}`]) {
    expect(await ask("GET", "/api/conversations", wrong), wrong).toBe("key_invalid");
  }
  // Spaces without end cost nothing but their reading.
  expect(await ask("GET", "/api/conversations", `Bearer ${" ".repeat(8000)}x y`)).toBe(
    "key_invalid",
  );
  for (const none of [secret, `Basic ${secret}`, `Token ${secret}`]) {
    expect(await ask("GET", "/api/conversations", none), none).toBe("not_signed_in");
  }
  for (const name of ["x-api-key", "api-key", "x-auth-token"]) {
    expect(await program.fails("GET", "/api/conversations", undefined, { [name]: secret })).toBe(
      "not_signed_in",
    );
  }
  expect(await program.fails("GET", `/api/conversations?api_key=${secret}&key=${secret}`)).not.toBe(
    "",
  );
  expect(await ana.fails("GET", "/api/conversations", undefined, { authorization: bearer })).toBe(
    "two_credentials",
  );

  const { headers } = await ana.call("GET", "/api/auth/keys");
  expect(headers.get("cache-control")).toBe("no-store");
  const [listed] = (await ana.must("GET", "/api/auth/keys")).items;
  expect(listed).toMatchObject({
    id: key.id,
    start: secret.slice(0, 11),
    usedAt: expect.any(String),
  });
  const eva = await place.join(ana, "eva@example.org");
  expect(await eva.fails("DELETE", `/api/auth/keys/${key.id}`)).toBe("account_item_not_found");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30 * 86_400_000 });
  expect(await ask("GET", "/api/conversations", bearer)).toBe("key_invalid");
  vi.useRealTimers();
  expect(await ask("GET", "/api/conversations", bearer)).toBe("");
  await ana.call("DELETE", `/api/auth/keys/${key.id}`);
  expect(await ask("GET", "/api/conversations", bearer)).toBe("key_invalid");
});

test("a key that may only write is told no text that was there before", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const program = place.browser();
  const [read, write] = ["conversations:read", "conversations:write"];
  const keyFor = async (...scopes: string[]) => {
    const { secret } = await ana.must("POST", "/api/auth/keys", { name: "k", scopes, days: 1 });
    return { authorization: `Bearer ${secret}` };
  };
  const [only, both] = [await keyFor(write), await keyFor(read, write)];
  const settings = { systemPrompt: "SECRET" };
  const { id } = await ana.must("POST", "/api/conversations", { settings });
  const at = `/api/conversations/${id}`;
  const asked = { content: "SECRET", parentId: null };
  const { question, answer } = await ana.must("POST", `${at}/turns`, asked);
  const stop = `${at}/messages/${answer.id}/stop`;
  await ana.must("POST", stop);
  const replies = [
    ["POST", stop],
    ["POST", `${at}/turns`, { answerTo: question.id }],
    ["PATCH", at, { pinned: true }],
    ["DELETE", at],
    ["POST", `${at}/restore`],
  ] as const;
  for (const [method, path, body] of replies) {
    const reply = await program.call(method, path, body, only);
    expect(JSON.stringify(reply.body), path).not.toContain("SECRET");
    expect(reply.status, path).toBe(method === "DELETE" ? 204 : 403);
    if (reply.status === 403)
      expect((await program.call(method, path, body, both)).status).toBe(200);
  }
  expect((await program.call("POST", "/api/conversations", {}, only)).status).toBe(200);
});

test("without a session or key there is nothing but the door", async () => {
  const place = await serve();
  await place.administrator();
  const nobody = place.browser();
  const closed = [
    "/api/conversations",
    "/v1/models",
    "/api/engine",
    "/api/auth/sessions",
    "/api/audit",
    "/api/limits",
  ];
  for (const path of closed) expect(await nobody.fails("GET", path), path).toBe("not_signed_in");
  expect(await nobody.fails("GET", "/metrics")).toBe("metrics_forbidden");
  for (const path of ["/healthz", "/readyz", "/openapi.json", "/"]) {
    expect((await nobody.call("GET", path)).status, path).toBe(200);
  }
  // Refused before the body is looked at.
  const posted = await fetch(`${place.origin}/api/chat`, { method: "POST", body: "{" });
  expect(posted.status).toBe(401);
});

test("who has not signed in hears of the model only whether it is ready", async () => {
  const error = new CharlaError("model_file_broken", {
    ...{ status: 422, message: "{file} is broken.", hint: "Remove it." },
    params: { file: "/srv/charla/models/a.gguf" },
  });
  const engine = scripted();
  const model = { ...engine.card, id: "/srv/own/b.gguf" };
  const status = () => ({ state: "failed", model, error }) as const;
  const place = await serve({ engines: () => ({ ...only(engine), status }) });
  const ana = await place.administrator();
  const nothing = {
    model: null,
    name: null,
    digest: null,
    engine: null,
    progress: null,
    reason: null,
    standIn: null,
  };
  const forged = { cookie: `${SESSION_COOKIE}=forged` };
  const key = await ana.must("POST", "/api/auth/keys", { name: "k", scopes: ["chat"], days: 1 });
  const bearer = { authorization: `Bearer ${key.secret}` };
  for (const headers of [{}, forged, bearer]) {
    const { status, body } = await place.browser().call("GET", "/readyz", undefined, headers);
    expect([status, body]).toEqual([503, { state: "failed", ...nothing, error: null }]);
  }
  const { reason } = (await ana.call("GET", "/readyz")).body;
  expect(reason).toBe("/srv/charla/models/a.gguf is broken. Remove it.");
});

test("in Solo mode there is one person and nothing to sign in to", async () => {
  const place = await serve({ accounts: "off" });
  const anybody = place.browser();
  expect((await anybody.must("GET", "/api/account/state")).mode).toBe("solo");
  expect((await anybody.call("POST", "/api/auth/sign-in", {})).status).toBe(404);
  expect(place.told).toEqual([]);
  expect((await anybody.call("GET", "/api/conversations")).status).toBe(200);
});

test("the first administrator takes over what was there before", async () => {
  const solo = await serve({ accounts: "off" });
  const { id } = await solo.browser().must("POST", "/api/conversations", {});
  await solo.stop();
  const shared = await serve({ home: solo.home });
  const token = shared.setUpToken();
  const ana = shared.browser();
  const person = { name: "Ana", email: "ana@example.org", password: PASSWORD, claim: true };
  await ana.must("POST", "/api/auth/set-up", { token, ...person });
  expect((await ana.must("GET", "/api/conversations")).items[0].id).toBe(id);
  const eva = await shared.join(ana, "eva@example.org");
  expect((await eva.must("GET", "/api/conversations")).items).toEqual([]);
});
