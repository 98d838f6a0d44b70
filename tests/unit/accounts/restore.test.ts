/** A backup that is put back lets nobody in by what has ended or was used up since. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { charla, temporary } from "../../fixtures/charla.ts";
import { urlOf } from "../../fixtures/databases.ts";
import { type Browser, PASSWORD, serve } from "../../fixtures/shared-mode.ts";

test("sessions and links of a backup are worth nothing, passwords and keys still are", async () => {
  const home = temporary();
  const url = await urlOf(home);
  const env = { CHARLA_HOME: home, ...(url !== undefined && { CHARLA_DATABASE_URL: url }) };
  const file = join(temporary(), "charla.backup");
  const first = await serve({ home });
  const ana = await first.administrator();
  const wish = { name: "script", scopes: ["models:read"], days: 1 };
  const { secret } = await ana.must("POST", "/api/auth/keys", wish);
  const { link } = await ana.must("POST", "/api/auth/invitations", { email: "leo@example.org" });
  const { items } = await ana.must("GET", "/api/auth/people");
  const reset = await ana.must("POST", `/api/auth/people/${items[0].id}/reset`, {});
  expect((await charla(["backup", file], { env })).code).toBe(0);
  const cookies = [...ana.cookies];
  await ana.must("POST", "/api/auth/sign-out");
  await first.stop();
  expect((await charla(["restore", file, "--replace"], { env })).code).toBe(0);

  const second = await serve({ home });
  // Somebody is there, so nobody is invited to be the first.
  expect(second.told.join()).not.toContain("set-up#");
  const old = second.browser();
  for (const [name, value] of cookies) old.cookies.set(name, value);
  expect(await old.fails("GET", "/api/conversations")).toBe("session_ended");
  const tokenOf = (made: string) => made.split("#")[1];
  const come = (path: string, body: object): Promise<string> =>
    second.browser().fails("POST", path, { password: PASSWORD, ...body });
  const invited = { token: tokenOf(link), name: "Leo" };
  expect(await come("/api/auth/invitations/accept", invited)).toBe("link_invalid");
  expect(await come("/api/auth/reset", { token: tokenOf(reset.link) })).toBe("link_invalid");
  const bearer = { authorization: `Bearer ${secret}` };
  expect((await second.browser().call("GET", "/v1/models", undefined, bearer)).status).toBe(200);

  const again: Browser = second.browser();
  expect((await again.signIn("ana@example.org")).status).toBe(200);
  const acts = (await again.must("GET", "/api/audit")).items;
  const [restored] = acts.filter(({ act }: { act: string }) => act === "accounts.restored");
  expect(restored).toMatchObject({
    actor: "system",
    details: { sessionsEnded: 1, linksEnded: 2, keysKept: 1 },
  });
});

test("a set-up link of a backup is replaced by a new one, which is printed", async () => {
  const home = temporary();
  const url = await urlOf(home);
  const env = { CHARLA_HOME: home, ...(url !== undefined && { CHARLA_DATABASE_URL: url }) };
  const file = join(temporary(), "charla.backup");
  const made = await charla(["account", "set-up"], { env });
  const token = /set-up#([\w-]+)/.exec(made.stdout)?.[1];
  expect(token).toBeDefined();
  expect((await charla(["backup", file], { env })).code).toBe(0);
  expect((await charla(["restore", file, "--replace"], { env })).code).toBe(0);
  const place = await serve({ home });
  const person = { name: "Eve", email: "eve@example.org", password: PASSWORD };
  expect(await place.browser().fails("POST", "/api/auth/set-up", { token, ...person })).toBe(
    "link_invalid",
  );
  await place.administrator();
});
