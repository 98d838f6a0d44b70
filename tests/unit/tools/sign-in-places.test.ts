/**
 * What is for one place reaches no other: tokens, clients that were given, and what a person who was
 * erased has left on its way.
 */
import { expect, test } from "vitest";
import { ServerDesk } from "../../../src/features/tools/mcp/desk.ts";
import { SignInDesk } from "../../../src/features/tools/mcp/sign-in/desk.ts";
import { discover, joined, type Place } from "../../../src/features/tools/mcp/sign-in/protocol.ts";
import { SignIns, signInMigrations } from "../../../src/features/tools/mcp/sign-in/store.ts";
import { Servers, serverMigrations } from "../../../src/features/tools/mcp/store.ts";
import { toolsPolicy } from "../../../src/features/tools/policy.ts";
import type { Reach } from "../../../src/features/tools/reach.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { type Guarded, startGuarded, World } from "../../fixtures/guarded.ts";
import { sealing } from "../../fixtures/vault.ts";

const REDIRECT = "https://chat.example.org/tools/signed-in";
const OLD = { tools: "https://tools.example.com", place: "https://login.example.net" };
const NEW = { tools: "https://moved.example.com", place: "https://evil.example.net" };

async function start(reach?: (world: World) => () => Promise<Reach>, policy: object = {}) {
  const world = new World();
  const guarded = await startGuarded(world, OLD);
  const migrations = { ...serverMigrations, ...signInMigrations };
  const opened = await freshDatabase([vaultTables, { name: "tools", migrations }]);
  const { vault } = sealing(opened);
  const signIns = new SignIns(opened.db, vault);
  const way = reach?.(world) ?? world.reach;
  const desk = new SignInDesk(signIns, way, async () => undefined);
  const servers = (more: object) =>
    new ServerDesk(
      new Servers(opened.db, vault),
      ...([desk, toolsPolicy.parse({ ...policy, ...more }), way, "1"] as const),
    );
  const rows = async () => [
    ...(await opened.db.selectFrom("tool_server").selectAll().execute()),
    ...(await opened.db.selectFrom("tool_sign_in").selectAll().execute()),
  ];
  return { world, guarded, signIns, desk, servers, rows };
}

const placeAt = ({ url }: Guarded, more: Partial<Place> = {}): Place => ({
  ...{ id: "mine", name: "mine", url, operator: [], ...more },
});

async function signIn(desk: SignInDesk, guarded: Guarded, place: Place) {
  const { searchParams } = await guarded.allow(await desk.begin("ana", "here", place, REDIRECT));
  const back = { state: searchParams.get("state") ?? "", ...Object.fromEntries(searchParams) };
  await desk.end("ana", "here", back, async () => place);
}

const refuse = (desk: SignInDesk, place: Place, used?: string) =>
  desk
    .pass("ana", place)
    .refused?.(new Response(null, { status: 401 }), used)
    .catch(({ code }) => code);

test.each([3600, 0.001])(
  "a server that the policy has moved is shown no token of before (one of %s s)",
  async (lasts) => {
    const { world, guarded, desk, signIns } = await start();
    guarded.mischief.lasts = lasts;
    const old = placeAt(guarded);
    await signIn(desk, guarded, old);
    const { tokens } = (await signIns.read("ana", "mine")) ?? {};
    const moved = await startGuarded(world, NEW);
    const now = placeAt(moved);
    const before = guarded.forms.length;
    expect(await desk.pass("ana", now).token()).toBeUndefined();
    expect(guarded.forms).toHaveLength(before);
    expect(await refuse(desk, now, tokens?.access)).toBe("tool_sign_in_needed");
    expect(await signIns.read("ana", "mine")).toMatchObject({
      ...{ state: "needed", issuer: moved.issuer },
    });
    expect([...moved.forms, ...moved.shown]).toEqual([]);
    await signIn(desk, moved, now);
    expect(moved.valid.has((await desk.pass("ana", now).token()) ?? "")).toBe(true);
  },
);

test("a server that has moved can be signed in to before it was asked anything", async () => {
  const { world, guarded, desk, signIns } = await start();
  await signIn(desk, guarded, placeAt(guarded));
  await signIns.alone("ana", "mine", async (row) => {
    const kept = await row.read();
    const at = `${OLD.tools}/.well-known/oauth-protected-resource/mcp`;
    if (kept) await row.write({ ...kept, at, wanted: "of:before" });
  });
  const moved = await startGuarded(world, NEW);
  const way = new URL(await desk.begin("ana", "here", placeAt(moved), REDIRECT));
  expect(way.origin).toBe(NEW.place);
  expect(way.searchParams.get("scope")).not.toContain("of:before");
});

test.each([
  ["nothing", {}, "tool_sign_in_mixed"],
  ["another place", { sign_in: "https://login.example.org" }, "tool_sign_in_mixed"],
  ["that place", { sign_in: `${OLD.place}/realm` }, undefined],
])("a client of the policy is shown where it belongs, which says %s", async (_, more, code) => {
  const { guarded, servers } = await start();
  guarded.register("charla", { redirects: [REDIRECT], secret: "sesame" });
  const client = { client_id: "charla", client_secret: "sesame" };
  const desk = servers({ servers: [{ name: "mine", url: guarded.url, ...client, ...more }] });
  const begun = desk.signIn("ana", "here", "policy:mine", REDIRECT);
  expect(await begun.then(() => undefined).catch((thrown) => thrown.code)).toBe(code);
});

test("a client of the policy belongs to the server itself where no other place is named", async () => {
  const { guarded, servers } = await start();
  const [issuer, path] = [OLD.tools, "/.well-known/oauth-authorization-server"];
  guarded.mischief.resource = (one) => ({ ...one, authorization_servers: [issuer] });
  const document = {
    ...{
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      response_types_supported: ["code"],
    },
    ...{ token_endpoint: `${issuer}/token`, code_challenge_methods_supported: ["S256"] },
  };
  guarded.mischief.answer = (asked) =>
    asked === path ? { body: JSON.stringify(document) } : undefined;
  const client = { client_id: "charla", client_secret: "sesame" };
  const begin = (more: object) =>
    servers({ servers: [{ name: "mine", url: guarded.url, ...client, ...more }] })
      .signIn("ana", "here", "policy:mine", REDIRECT)
      .catch(({ code }) => code);
  expect(await begin({})).toContain(`${issuer}/authorize?`);
  expect(await begin({ sign_in: OLD.place })).toBe("tool_sign_in_mixed");
});

test("a client that a person has given is for the place that was shown first", async () => {
  const { world, guarded, desk } = await start();
  guarded.register("by-hand", { redirects: [REDIRECT], secret: "sesame" });
  const place = placeAt(guarded, { client: { id: "by-hand", secret: "sesame" } });
  await desk.learn("ana", place, new Response(null, { status: 401 }));
  const evil = await startGuarded(world, NEW);
  guarded.mischief.resource = (one) => ({ ...one, authorization_servers: [evil.issuer] });
  expect(await refuse(desk, place)).toBe("tool_sign_in_mixed");
  await expect(desk.begin("ana", "here", place, REDIRECT)).rejects.toMatchObject({
    code: "tool_sign_in_mixed",
  });
  expect(evil.forms).toEqual([]);
  guarded.mischief.resource = (one) => one;
  await signIn(desk, guarded, place);
});

test("a server without TLS is not signed in to, wherever its metadata is", async () => {
  const asked: string[] = [];
  const url = "http://tools.example.com/mcp";
  const issuer = "https://login.example.net";
  const documents: Record<string, object> = {
    "https://meta.example.net/here": { resource: url, authorization_servers: [issuer] },
    [`${issuer}/.well-known/oauth-authorization-server`]: {
      ...{ issuer, authorization_endpoint: `${issuer}/authorize`, response_types_supported: [] },
      ...{ token_endpoint: `${issuer}/token`, code_challenge_methods_supported: ["S256"] },
    },
  };
  const ask = async (address: string | URL) => {
    asked.push(String(address));
    return Response.json(documents[String(address)]);
  };
  const found = (operator: string[]) =>
    discover(
      ...([{ id: "mine", name: "mine", url, operator }, "https://meta.example.net/here"] as const),
      ...([undefined, ask] as const),
    );
  await expect(found([])).rejects.toMatchObject({
    ...{ code: "tool_sign_in_unfit", params: { place: "tools.example.com", lack: "https" } },
  });
  expect(asked).toEqual([]);
  expect((await found([url])).metadata.issuer).toBe(issuer);
});

test("scopes are kept once each, and not without end", async () => {
  expect(joined("a b", undefined, " b  c ")).toBe("a b c");
  expect(joined(undefined, " ")).toBe(undefined);
  let all: string | undefined;
  for (let at = 0; at < 3000; at += 1) all = joined(all, `scope:${at}`);
  expect(all?.length).toBeLessThanOrEqual(2000);
  expect(all?.length).toBeGreaterThan(1900);
  const { guarded, desk, signIns } = await start();
  const place = placeAt(guarded);
  const scopes_supported = Array.from({ length: 3000 }, (_, at) => `usual:${at}`);
  guarded.mischief.resource = (one) => ({ ...one, scopes_supported });
  expect((await desk.begin("ana", "here", place, REDIRECT)).length).toBeLessThan(6000);
  for (let at = 0; at < 30; at += 1)
    await desk.pass("ana", place).ended?.(`${at}${"x".repeat(99)}`);
  expect((await signIns.read("ana", "mine"))?.wanted?.length).toBeLessThanOrEqual(2000);
});

/** Holds the next request to the server back, until it is let go. */
async function slow() {
  const [came, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let holds = false;
  const made = await start((world) => async () => {
    const reach = await world.reach();
    return async (...given) => {
      if (holds) {
        holds = false;
        came.resolve();
        await go.promise;
      }
      return reach(...given);
    };
  });
  const hold = () => {
    holds = true;
  };
  return { ...made, came: came.promise, go: () => go.resolve(), hold };
}

test.each([true, false])(
  "nothing is kept of who is erased while a server is added (open: %s)",
  async (open) => {
    const { guarded, servers, rows, came, go, hold } = await slow();
    guarded.mischief.open = open;
    const desk = servers({});
    hold();
    const added = desk.add("ana", { name: "mine", url: guarded.url }).catch(({ code }) => code);
    await came;
    await desk.erase("ana");
    const before = guarded.asked.length;
    go();
    expect(await added).toBe("tool_server_not_found");
    expect(await rows()).toEqual([]);
    expect(guarded.asked.slice(before).filter((one) => !one.endsWith("/mcp"))).toEqual([]);
  },
);
