/** What is kept of sign-ins: sealed, one change at a time, gone with its person; and this server as others see it. */
import { expect, test } from "vitest";
import { SignInDesk } from "../../../src/features/tools/mcp/sign-in/desk.ts";
import { ownOf } from "../../../src/features/tools/mcp/sign-in/own.ts";
import type { Place } from "../../../src/features/tools/mcp/sign-in/protocol.ts";
import {
  type SignIn,
  SignIns,
  signInMigrations,
} from "../../../src/features/tools/mcp/sign-in/store.ts";
import { toolsPolicy } from "../../../src/features/tools/policy.ts";
import type { Reach } from "../../../src/features/tools/reach.ts";
import { safeFetch } from "../../../src/net/fetch.ts";
import { vaultTables } from "../../../src/storage/vault/index.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { type Guarded, startGuarded } from "../../fixtures/guarded.ts";
import { sealing } from "../../fixtures/vault.ts";

const REDIRECT = "http://127.0.0.1:8080/tools/signed-in";
const nowhere = async () => undefined;
const reach = async (): Promise<Reach> => safeFetch;

async function stored() {
  const tables = [vaultTables, { name: "tools", migrations: signInMigrations }];
  const opened = await freshDatabase(tables);
  const signIns = new SignIns(opened.db, sealing(opened).vault);
  return { signIns, rows: () => opened.db.selectFrom("tool_sign_in").selectAll().execute() };
}

const KEPT: SignIn = { state: "needed", issuer: "https://zafiro.example" };

test("they are sealed, belong to one person, and go on with whoever takes that person's data over", async () => {
  const { signIns, rows } = await stored();
  await signIns.alone("ana", "mine", (row) => row.write(KEPT));
  expect(JSON.stringify(await rows())).not.toContain("zafiro");
  expect(await signIns.read("eva", "mine")).toBeUndefined();
  await signIns.giveTo("ana", "eva");
  expect((await signIns.of("ana")).size).toBe(0);
  expect(await signIns.read("eva", "mine")).toEqual(KEPT);
  expect((await signIns.erase("eva")).size).toBe(1);
  expect(await rows()).toEqual([]);
});

test("one works on a row at a time, and one that fails stops no other", async () => {
  const { signIns } = await stored();
  const count = async () =>
    signIns.alone("ana", "mine", async (row) => {
      const { wanted = "0" } = (await row.read()) ?? KEPT;
      await row.write({ ...KEPT, wanted: String(Number(wanted) + 1) });
      if (wanted === "3") throw new Error("after it has written");
    });
  const all = await Promise.allSettled(Array.from({ length: 10 }, count));
  expect(all.filter(({ status }) => status === "rejected")).toHaveLength(1);
  expect((await signIns.read("ana", "mine"))?.wanted).toBe("10");
});

test("what is under way when its person is erased writes nothing more", async () => {
  const { signIns, rows } = await stored();
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = signIns.alone("ana", "mine", async (row) => {
    await promise;
    await row.write(KEPT);
  });
  await signIns.erase("ana");
  resolve();
  await late;
  expect(await rows()).toEqual([]);
});

async function desk(limitMs?: number) {
  const guarded = await startGuarded();
  const { signIns } = await stored();
  const place: Place = {
    ...{ id: "mine", name: "mine", url: guarded.url },
    operator: [guarded.url, guarded.issuer],
  };
  const one = new SignInDesk(signIns, reach, nowhere, limitMs);
  const pass = one.pass("ana", place);
  const ask = () =>
    pass.refused?.(new Response(null, { status: 401 }), undefined).catch(({ code }) => code);
  return { guarded, signIns, place, one, pass, ask };
}

test.each(["/register", "/.well-known/oauth-authorization-server"])(
  "a place that never answers at %s ends in an error, and keeps nobody else waiting",
  async (path) => {
    const { guarded, place, one, ask, signIns } = await desk(300);
    expect(await ask()).toBe("tool_sign_in_needed");
    guarded.mischief.answer = (asked) => (asked === path ? "hang" : undefined);
    const begun = one.begin("ana", "here", place, REDIRECT);
    await expect(begun).rejects.toMatchObject({ code: "tool_sign_in_failed" });
    guarded.mischief.answer = () => undefined;
    expect(await one.begin("ana", "here", place, REDIRECT)).toContain(guarded.issuer);
    expect((await signIns.read("ana", "mine"))?.state).toBe("needed");
  },
);

/** As a browser comes back. */
const backFrom = async (guarded: Guarded, url: string) => {
  const { searchParams } = await guarded.allow(url);
  return { state: searchParams.get("state") ?? "", ...Object.fromEntries(searchParams) };
};

test("a token that still lasts is used while the place cannot renew it", async () => {
  const { guarded, place, one, pass, ask } = await desk(300);
  await ask();
  // Renewed when half of it is over.
  guarded.mischief.lasts = 2;
  const back = await backFrom(guarded, await one.begin("ana", "here", place, REDIRECT));
  await one.end("ana", "here", back, async () => place);
  const first = await pass.token();
  guarded.mischief.answer = (asked) => (asked === "/token" ? "hang" : undefined);
  const tries = () => guarded.asked.filter((asked) => asked === "POST /token").length;
  await expect
    .poll(async () => {
      // Once it is over and cannot be renewed, there is an error in its place, and never none.
      expect([first, "tool_sign_in_failed"]).toContain(
        await pass.token().catch(({ code }) => code),
      );
      return tries();
    })
    .toBeGreaterThan(1);
  guarded.mischief.answer = () => undefined;
  guarded.mischief.lasts = 3600;
  await expect.poll(() => pass.token()).not.toBe(first);
  expect(guarded.valid.has((await pass.token()) ?? "")).toBe(true);
});

test("revoking waits for no place that does not answer, and erases all the same", async () => {
  const { guarded, place, one, ask, signIns } = await desk(300);
  await ask();
  const back = await backFrom(guarded, await one.begin("ana", "here", place, REDIRECT));
  await one.end("ana", "here", back, async () => place);
  guarded.mischief.answer = (asked) => (asked === "/revoke" ? "hang" : undefined);
  expect(await one.erase("ana", [place])).toBe(1);
  expect(await signIns.read("ana", "mine")).toBeUndefined();
});

test("Charla describes itself to others where they can read it, and comes back to one address", async () => {
  const request = new Request("http://localhost:8080/api/tools/servers");
  const own = ownOf({ publicUrl: undefined }, reach);
  expect(own.redirect(request)).toBe("http://localhost:8080/tools/signed-in");
  expect(() => own.described()).toThrow("no public address");
  expect(await own.document()).toBeUndefined();

  const publicUrl = "https://chat.example.org";
  const id = `${publicUrl}/api/tools/client`;
  let answers = false;
  const there = ownOf({ publicUrl }, async () => async (address) => {
    expect(address).toBe(id);
    if (!answers) throw new Error("of the own network");
    return Response.json(there.described());
  });
  expect(there.redirect(request)).toBe(`${publicUrl}/tools/signed-in`);
  expect(there.described()).toMatchObject({
    ...{ client_id: id, redirect_uris: [`${publicUrl}/tools/signed-in`] },
  });
  expect(await there.document()).toBeUndefined();
  answers = true;
  expect(await there.document()).toBe(id);
});

test("a place that reads such descriptions gets its address for a name, and registers nobody", async () => {
  const { guarded, signIns, place, ask } = await desk();
  await ask();
  guarded.mischief.place = (one) => ({ ...one, client_id_metadata_document_supported: true });
  const id = "https://chat.example.org/api/tools/client";
  guarded.register(id, { redirects: [REDIRECT] });
  const one = new SignInDesk(signIns, reach, async () => id);
  const url = await one.begin("ana", "here", place, REDIRECT);
  expect(new URL(url).searchParams.get("client_id")).toBe(id);
  await one.end("ana", "here", await backFrom(guarded, url), async () => place);
  expect((await signIns.read("ana", "mine"))?.state).toBe("in");
  expect([...guarded.registered.keys()]).toEqual([id]);
});

test("the policy says which servers are signed in to, and nothing that would do nothing", () => {
  const parse = (more: object) =>
    toolsPolicy.safeParse({ servers: [{ name: "a", url: "https://a.example/mcp", ...more }] })
      .success;
  expect(parse({ client_id: "x", client_secret: "y", sign_in: "https://b.example" })).toBe(true);
  expect(parse({ client_secret: "y" })).toBe(false);
  expect(parse({ client_id: "x", token: "z" })).toBe(false);
  expect(parse({ url: undefined, command: ["x"], sign_in: "https://b.example" })).toBe(false);
});
