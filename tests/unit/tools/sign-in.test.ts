/** Signing in to servers of tools by OAuth: the whole of it over HTTP, and all that can go wrong between three. */
import { randomBytes } from "node:crypto";
import { strFromU8, unzipSync } from "fflate";
import { expect, test } from "vitest";
import { features } from "../../../src/app/features.ts";
import { only } from "../../../src/core/engine.ts";
import type { Feature } from "../../../src/core/feature.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { tools } from "../../../src/features/tools/index.ts";
import type { Browser } from "../../fixtures/browser.ts";
import { type Guarded, startGuarded, World } from "../../fixtures/guarded.ts";
import { serve } from "../../fixtures/shared-mode.ts";
import { type Json, oneByOne } from "./product.ts";

const NAMES = { tools: "https://tools.example.com", place: "https://login.example.net" };
const PATH = "/api/tools/servers";

/** The product with accounts, whose tools reach the test's own internet. */
async function product(world: World, policy?: string) {
  const list = features as Feature[];
  const at = list.findIndex(({ name }) => name === "tools");
  const [own] = list.splice(at, 1, tools(world.reach)) as [Feature];
  const engines = () => only(scripted(oneByOne(["mine__note", { text: "a" }])));
  const place = await serve({ engines, ...(policy !== undefined && { policy }) }).finally(() =>
    list.splice(at, 1, own),
  );
  const ana = await place.administrator();
  return { ...place, ana };
}

async function start(policy?: string) {
  const world = new World();
  const guarded = await startGuarded(world, NAMES);
  return { world, guarded, ...(await product(world, policy)) };
}

const add = (browser: Browser, more: object = {}) =>
  browser.must("POST", PATH, { name: "mine", url: `${NAMES.tools}/mcp`, ...more });

const begin = async (browser: Browser, id: string): Promise<string> =>
  (await browser.must("POST", `${PATH}/${encodeURIComponent(id)}/sign-in`)).url;

/** What the page posts of the address that it was sent to. */
const brought = (back: URL) => Object.fromEntries(back.searchParams);

async function signIn(browser: Browser, guarded: Guarded, id: string): Promise<Json> {
  const back = await guarded.allow(await begin(browser, id));
  return browser.must("POST", "/api/tools/signed-in", brought(back));
}

async function agree(browser: Browser, id: string) {
  const { items } = await browser.must("GET", `${PATH}/${encodeURIComponent(id)}`);
  await browser.must("PUT", `${PATH}/${encodeURIComponent(id)}`, {
    pins: items.map(({ pin }: Json) => pin),
  });
}

const stateOf = async (browser: Browser) => {
  const { items } = await browser.must("GET", PATH);
  return items.at(-1)?.signIn?.state;
};

/** Lets the model call the tool in a chat, and a person allow it. @returns the text of the answer */
async function use(browser: Browser): Promise<string> {
  const settings = { tools: ["mine__note"] };
  const { id: chat } = await browser.must("POST", "/api/conversations", { settings });
  const turn = async (body: object) => {
    const { answer } = await browser.must("POST", `/api/conversations/${chat}/turns`, body);
    await browser.call("GET", `/api/conversations/${chat}/messages/${answer.id}/stream`);
    const { messages } = await browser.must("GET", `/api/conversations/${chat}`);
    return messages.find(({ id }: Json) => id === answer.id);
  };
  const asked = await turn({ content: "Keep it", parentId: null });
  const { items } = await browser.must("GET", `/api/tools/waiting?conversation=${chat}`);
  await browser.must("POST", `/api/tools/waiting/${items[0].id}`, { approve: true });
  return JSON.stringify((await turn({ continues: asked.id })).parts);
}

test("a server that asks to be signed in to is kept, signed in to, agreed to and used", async () => {
  const { guarded, ana, origin, logged } = await start();
  const made = await add(ana);
  // The person is told at once, and nothing has to time out first.
  expect(made).toMatchObject({
    signIn: { state: "needed", place: "login.example.net" },
    tools: [],
  });
  expect(await ana.fails("GET", `${PATH}/${made.id}`)).toBe("tool_sign_in_needed");

  const way = new URL(await begin(ana, made.id));
  expect(way.origin).toBe(NAMES.place);
  expect(Object.fromEntries(way.searchParams)).toMatchObject({
    ...{ response_type: "code", code_challenge_method: "S256", resource: guarded.url },
    ...{ redirect_uri: `${origin}/tools/signed-in`, scope: "notes offline_access" },
  });
  expect(way.searchParams.get("state")).toMatch(/^[\w-]{43}$/);

  const back = await guarded.allow(way.href);
  expect(back.href.startsWith(`${origin}/tools/signed-in?`)).toBe(true);
  const signed = await ana.must("POST", "/api/tools/signed-in", brought(back));
  expect(signed).toMatchObject({ id: made.id, signIn: { state: "in" } });
  expect(guarded.forms.map((form) => form.get("resource"))).toEqual([guarded.url]);

  await agree(ana, made.id);
  expect(await use(ana)).toContain("kept");

  // What opens the server is told to nobody.
  const secrets = [...guarded.valid];
  expect(secrets).toHaveLength(2);
  const told = JSON.stringify([
    await ana.must("GET", PATH),
    await ana.must("GET", `${PATH}/${made.id}`),
    logged,
  ]);
  for (const one of secrets) expect(told).not.toContain(one);
  const cookie = [...ana.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const init = { method: "POST", body: "{}", headers: { cookie, origin } };
  const archive = await fetch(`${origin}/api/rights/export`, init);
  const files = unzipSync(new Uint8Array(await archive.arrayBuffer()));
  const all = Object.values(files).map((one) => strFromU8(one));
  expect(all.join()).toContain(NAMES.place);
  for (const one of secrets) expect(all.join()).not.toContain(one);
});

test("what comes back counts once, in the session that has begun it, for a time", async () => {
  const { guarded, ana, ...place } = await start();
  const eva = await place.join(ana, "eva@example.org");
  const { id } = await add(ana);
  const back = brought(await guarded.allow(await begin(ana, id)));
  const post = (browser: Browser, body: object) =>
    browser.fails("POST", "/api/tools/signed-in", body);
  expect(await post(ana, { ...back, state: randomBytes(32).toString("base64url") })).toBe(
    "tool_sign_in_unknown",
  );
  expect(await post(eva, back)).toBe("tool_sign_in_unknown");
  // Another browser of the same person has another session.
  const other = place.browser();
  await other.signIn("ana@example.org");
  expect(await post(other, back)).toBe("tool_sign_in_unknown");
  expect(guarded.forms).toEqual([]);
  expect(await post(ana, back)).toBe("");
  expect(await post(ana, back)).toBe("tool_sign_in_unknown");
  expect(guarded.forms).toHaveLength(1);
  expect(await stateOf(ana)).toBe("in");
  expect(await stateOf(eva)).toBeUndefined();
  expect(await eva.fails("POST", `${PATH}/${id}/sign-in`)).toBe("tool_server_not_found");
});

test("an answer of another place than the one asked is not followed", async () => {
  const { guarded, ana } = await start();
  const { id } = await add(ana);
  guarded.mischief.iss = "https://evil.example.org";
  const back = brought(await guarded.allow(await begin(ana, id)));
  expect(await ana.fails("POST", "/api/tools/signed-in", back)).toBe("tool_sign_in_mixed");
  // One that says nothing, though it has promised to.
  guarded.mischief.iss = undefined;
  const { iss: _, ...silent } = brought(await guarded.allow(await begin(ana, id)));
  expect(await ana.fails("POST", "/api/tools/signed-in", silent)).toBe("tool_sign_in_mixed");
  expect(guarded.forms).toEqual([]);
  const denied = brought(await guarded.allow(await begin(ana, id), "deny"));
  const { body } = await ana.call("POST", "/api/tools/signed-in", denied);
  expect(body.error).toMatchObject({
    code: "tool_sign_in_refused",
    params: { place: "login.example.net", reason: "access_denied" },
  });
  expect(await stateOf(ana)).toBe("needed");
});

test("a code that somebody else has used, or a foreign verifier, gives nothing", async () => {
  const { guarded, ana } = await start();
  const { id } = await add(ana);
  const first = await guarded.allow(await begin(ana, id));
  // A new beginning has another verifier, so that a code of the old one is worth nothing.
  const second = await guarded.allow(await begin(ana, id));
  const mixed = { ...brought(second), code: first.searchParams.get("code") };
  expect(await ana.fails("POST", "/api/tools/signed-in", mixed)).toBe("tool_sign_in_failed");
  expect(await stateOf(ana)).toBe("needed");
  expect(guarded.valid.size).toBe(0);
});

test("nobody is sent back to another address than Charla's own", async () => {
  const { guarded, ana, origin } = await start();
  const { id } = await add(ana);
  const forged = await ana.call("POST", `${PATH}/${id}/sign-in`, undefined, {
    origin: "https://evil.example.org",
  });
  expect([forged.status, forged.body.error.code]).toEqual([403, "forbidden_page"]);
  const way = new URL(await begin(ana, id));
  expect([...guarded.registered.values()]).toEqual([{ redirects: [`${origin}/tools/signed-in`] }]);
  way.searchParams.set("redirect_uri", "https://evil.example.org/");
  await expect(guarded.allow(way.href)).rejects.toThrow("a foreign redirect");
  // Registered once, however often somebody begins.
  await begin(ana, id);
  expect(guarded.registered.size).toBe(1);
});

test("tokens are renewed before they end, once for all who need them", async () => {
  const { guarded, ana } = await start();
  const { id } = await add(ana);
  guarded.mischief.lasts = 1;
  await signIn(ana, guarded, id);
  await agree(ana, id);
  guarded.mischief.lasts = 3600;
  const renewed = () => guarded.forms.filter((form) => form.get("grant_type") === "refresh_token");
  const before = renewed().length;
  await expect
    .poll(async () => {
      const all = await Promise.all([1, 2, 3, 4].map(() => ana.call("GET", `${PATH}/${id}`)));
      expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      return renewed().length;
    })
    .toBeGreaterThan(before);
  // A place that takes a second use for a theft would have ended all of it.
  const each = renewed().map((form) => form.get("refresh_token"));
  expect(new Set(each).size).toBe(each.length);
  expect(await stateOf(ana)).toBe("in");
  expect(await use(ana)).toContain("kept");
});

test("a sign-in that has ended says so, and a new one brings everything back", async () => {
  const { guarded, ana } = await start();
  const { id } = await add(ana);
  await signIn(ana, guarded, id);
  await agree(ana, id);
  guarded.revokeAll();
  expect(await use(ana)).toContain("Your sign-in at the tool server mine has ended.");
  expect(await stateOf(ana)).toBe("again");
  const { items } = await ana.must("GET", PATH);
  expect(items[0].tools).toEqual(["note"]);
  await signIn(ana, guarded, id);
  expect(await stateOf(ana)).toBe("in");
  expect(await use(ana)).toContain("kept");
});

test("a place that is away for a moment ends no sign-in", async () => {
  const { guarded, ana } = await start();
  const { id } = await add(ana);
  await signIn(ana, guarded, id);
  const [first] = guarded.shown.slice(-1);
  guarded.mischief.deaf = true;
  guarded.mischief.answer = (path) =>
    path === "/token" ? { status: 503, body: `<h1>down</h1> ${first}` } : undefined;
  const { body } = await ana.call("GET", `${PATH}/${id}`);
  expect(body.error.code).toBe("tool_sign_in_failed");
  expect(JSON.stringify(body)).not.toContain("down");
  expect(await stateOf(ana)).toBe("in");
  guarded.mischief.deaf = false;
  guarded.mischief.answer = () => undefined;
  expect((await ana.call("GET", `${PATH}/${id}`)).status).toBe(200);
});

test("a server that turns to OAuth later asks for it then, and one that takes no token says so", async () => {
  const { guarded, ana } = await start();
  guarded.mischief.open = true;
  const { id, signIn: none } = await add(ana);
  expect(none).toBeNull();
  await agree(ana, id);
  expect(await use(ana)).toContain("kept");
  guarded.mischief.open = false;
  expect(await use(ana)).toContain("asks you to sign in");
  expect(await stateOf(ana)).toBe("needed");
  guarded.mischief.renews = false;
  await signIn(ana, guarded, id);
  expect(await use(ana)).toContain("kept");
  guarded.mischief.deaf = true;
  expect(await ana.fails("GET", `${PATH}/${id}`)).toBe("tool_sign_in_again");
  expect(await stateOf(ana)).toBe("again");
});

test("more permissions are asked for when the server wants them, with those that there are", async () => {
  const { guarded, ana } = await start();
  const { id } = await add(ana);
  await signIn(ana, guarded, id);
  guarded.mischief.needs = ["notes", "notes:write"];
  expect(await ana.fails("GET", `${PATH}/${id}`)).toBe("tool_sign_in_more");
  expect(await stateOf(ana)).toBe("more");
  const way = new URL(await begin(ana, id));
  expect(way.searchParams.get("scope")?.split(" ").sort()).toEqual([
    ...["notes", "notes:write", "offline_access"],
  ]);
  await ana.must("POST", "/api/tools/signed-in", brought(await guarded.allow(way.href)));
  expect((await ana.call("GET", `${PATH}/${id}`)).status).toBe(200);
});

test("a server that moves to another place is signed in to there, as another client", async () => {
  const { world, guarded, ana } = await start();
  const { id } = await add(ana);
  await signIn(ana, guarded, id);
  const moved = await startGuarded(world, {
    ...{ tools: "https://elsewhere.example.com", place: "https://other.example.net" },
  });
  guarded.mischief.resource = (one) => ({ ...one, authorization_servers: [moved.issuer] });
  guarded.revokeAll();
  expect(await ana.fails("GET", `${PATH}/${id}`)).toBe("tool_sign_in_again");
  // Nothing of the old place is shown to the new one.
  expect(moved.forms).toEqual([]);
  const way = new URL(await begin(ana, id));
  expect(way.origin).toBe(moved.issuer);
  expect(moved.registered.has(way.searchParams.get("client_id") ?? "")).toBe(true);
  expect(guarded.registered.has(way.searchParams.get("client_id") ?? "")).toBe(false);
});

test("what is removed is revoked where it came from, and so is what is erased", async () => {
  const { guarded, ana, ...place } = await start();
  const eva = await place.join(ana, "eva@example.org");
  for (const one of [ana, eva]) await signIn(one, guarded, (await add(one)).id);
  expect(guarded.valid.size).toBe(4);
  const { items } = await ana.must("GET", PATH);
  await ana.must("DELETE", `${PATH}/${items[0].id}`);
  expect(guarded.valid.size).toBe(2);
  expect(await stateOf(eva)).toBe("in");
  const report = await eva.must("POST", "/api/rights/erase", { confirm: "eva" });
  expect(JSON.stringify(report)).toContain("tool sign-ins");
  expect(guarded.valid.size).toBe(0);
});

test.each([
  ["a private address", (one: Json) => ({ ...one, token_endpoint: "https://10.0.0.8/token" })],
  [
    "an address without TLS",
    (one: Json) => ({ ...one, token_endpoint: "http://login.example.net/t" }),
  ],
])("tokens are not asked of %s", async (_, change) => {
  const { guarded, ana } = await start();
  const { id } = await add(ana);
  guarded.mischief.place = change;
  const back = brought(await guarded.allow(await begin(ana, id)));
  expect(await ana.fails("POST", "/api/tools/signed-in", back)).toMatch(
    /^(address_refused|tool_sign_in_(unfit|failed))$/,
  );
  expect(guarded.forms).toEqual([]);
  expect(await stateOf(ana)).toBe("needed");
});

const issuerIs = (issuer: string) => (g: Guarded) => {
  g.mischief.resource = (one) => ({ ...one, authorization_servers: [issuer] });
};
const placeIs = (more: object) => (g: Guarded) => {
  g.mischief.place = (one) => ({ ...one, ...more });
};
const answerOf = (path: string, body: string) => (g: Guarded) => {
  g.mischief.answer = (asked) => (asked.startsWith(path) ? { body } : undefined);
};
const METADATA = "/.well-known/oauth-protected-resource";

test.each([
  ["in the own network", issuerIs("https://192.168.1.1"), "address_refused"],
  ["at the metadata of a cloud", issuerIs("https://169.254.169.254"), "address_refused"],
  ["without TLS", issuerIs("http://login.example.net"), "tool_sign_in_unfit"],
  [
    "that calls itself another",
    placeIs({ issuer: "https://evil.example.org" }),
    "tool_sign_in_mixed",
  ],
  ["without PKCE", placeIs({ code_challenge_methods_supported: undefined }), "tool_sign_in_unfit"],
  [
    "that is a script",
    placeIs({ authorization_endpoint: "javascript:alert(1)" }),
    "tool_sign_in_failed",
  ],
  [
    "that sends browsers without TLS",
    placeIs({ authorization_endpoint: "http://login.example.net/authorize" }),
    "tool_sign_in_unfit",
  ],
  [
    "of a huge document",
    answerOf(METADATA, `{"resource":"${"x".repeat(400_000)}`),
    "answer_too_large",
  ],
  ["of no document", answerOf(METADATA, "<html>"), "tool_sign_in_failed"],
  [
    "for another server",
    (g: Guarded) => {
      g.mischief.resource = (one) => ({ ...one, resource: "https://bank.example.org/mcp" });
    },
    "tool_sign_in_mixed",
  ],
  [
    "nobody knows of",
    (g: Guarded) => {
      g.mischief.answer = (path) =>
        path.startsWith("/.well-known") ? { status: 404, body: "" } : undefined;
    },
    "tool_server_key_needed",
  ],
] as const)("a server whose sign-in is %s is not added", async (_, change, code) => {
  const { guarded, ana } = await start();
  change(guarded);
  expect(await ana.fails("POST", PATH, { name: "mine", url: guarded.url })).toBe(code);
  expect((await ana.must("GET", PATH)).items).toEqual([]);
  expect(guarded.registered.size).toBe(0);
});

test("the operator's servers may be of the own network, and Charla may be registered by hand", async () => {
  const world = new World();
  const guarded = await startGuarded();
  guarded.register("charla-at-work", { redirects: [], secret: "sesame" });
  guarded.mischief.place = ({ registration_endpoint: _, ...one }) => one;
  const policy = [
    "[[tools.servers]]",
    `name = "mine"`,
    `url = "${guarded.url}"`,
    `sign_in = "${guarded.issuer}"`,
    `client_id = "charla-at-work"`,
    `client_secret = "sesame"`,
    `read_only = ["note"]`,
  ].join("\n");
  const { ana, origin } = await product(world, policy);
  const [{ id, signIn: before }] = (await ana.must("GET", PATH)).items;
  expect(before).toBeNull();
  expect(await ana.fails("GET", `${PATH}/${encodeURIComponent(id)}`)).toBe("tool_sign_in_needed");
  const { items, redirect } = await ana.must("GET", PATH);
  expect(items[0].signIn).toEqual({ state: "needed", place: new URL(guarded.issuer).host });
  guarded.register("charla-at-work", { redirects: [redirect], secret: "sesame" });
  expect(redirect).toBe(`${origin}/tools/signed-in`);
  expect(await signIn(ana, guarded, id)).toMatchObject({ signIn: { state: "in" } });
  await agree(ana, id);
  // The secret is shown where one signs in, and is no part of what is told.
  expect(JSON.stringify(await ana.must("GET", PATH))).not.toContain("sesame");
  await ana.must("DELETE", `${PATH}/${encodeURIComponent(id)}`);
  expect(guarded.valid.size).toBe(0);
  expect(await stateOf(ana)).toBeUndefined();
});

test("where nobody can be registered, the person is told with which address to do it", async () => {
  const { guarded, ana, origin } = await start();
  guarded.mischief.place = ({ registration_endpoint: _, ...one }) => one;
  const { id } = await add(ana);
  const { body } = await ana.call("POST", `${PATH}/${id}/sign-in`);
  const redirect = `${origin}/tools/signed-in`;
  expect(body.error).toMatchObject({
    ...{ code: "tool_sign_in_unregistered", params: { place: "login.example.net", redirect } },
  });
  await ana.must("DELETE", `${PATH}/${id}`);
  guarded.register("by-hand", { redirects: [redirect] });
  const made = await add(ana, { clientId: "by-hand" });
  expect(await signIn(ana, guarded, made.id)).toMatchObject({ signIn: { state: "in" } });
});

test("a key is a key: one that is refused leads to no sign-in", async () => {
  const { guarded, ana } = await start();
  const asked = guarded.asked.length;
  const body = { name: "mine", url: guarded.url, token: "sesame" };
  expect(await ana.fails("POST", PATH, body)).toBe("tool_server_key_refused");
  expect(guarded.asked.slice(asked).filter((one) => !one.endsWith("/mcp"))).toEqual([]);
});
