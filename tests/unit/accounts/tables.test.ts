/** What is stored, and that better-auth finds the columns that it needs in tables of ours. */
import { getMigrations } from "better-auth/db/migration";
import { expect, test, vi } from "vitest";
import { createAuth } from "../../../src/features/accounts/auth.ts";
import { accountsPolicy } from "../../../src/features/accounts/policy.ts";
import { migrations } from "../../../src/features/accounts/tables.ts";
import { freshDatabase, openAt } from "../../fixtures/databases.ts";
import { PASSWORD, serve } from "../../fixtures/shared-mode.ts";

test("better-auth misses no table and no column", async () => {
  const { db, kind } = await freshDatabase([{ name: "accounts", migrations }]);
  const auth = createAuth({
    ...{ db, secret: "x".repeat(43), origin: "http://localhost", log: () => {} },
    policy: accountsPolicy.parse({}),
  });
  const database = { db, type: kind };
  const needs = await getMigrations({ ...auth.options, database } as never, {
    throwOnUnsafe: false,
  });
  expect(needs.toBeCreated).toEqual([]);
  expect(needs.toBeAdded.flatMap(({ fields }) => Object.keys(fields))).toEqual([]);
});

test("no variable of better-auth's own turns its telemetry on or changes a secret", async () => {
  vi.stubEnv("BETTER_AUTH_TELEMETRY", "1");
  vi.stubEnv("BETTER_AUTH_TELEMETRY_ENDPOINT", "http://127.0.0.1:9");
  vi.stubEnv("BETTER_AUTH_SECRET", "y".repeat(40));
  const { db } = await freshDatabase([{ name: "accounts", migrations }]);
  const secret = "x".repeat(43);
  const auth = createAuth({
    ...{ db, secret, origin: "http://localhost", log: () => {} },
    policy: accountsPolicy.parse({}),
  });
  expect((await auth.$context).secret).toBe(secret);
  expect(Object.keys(process.env).filter((name) => name.startsWith("BETTER_AUTH"))).toEqual([]);
  vi.unstubAllEnvs();
});

test("no password, key, code or link is stored as it is, and no session opens by the database", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const { secret } = await ana.must("POST", "/api/auth/keys", {
    name: "k",
    scopes: ["chat"],
    days: 1,
  });
  const { uri, backupCodes } = await ana.must("POST", "/api/auth/totp", { password: PASSWORD });
  const { link } = await ana.must("POST", "/api/auth/invitations", { email: "eva@example.org" });
  const cookies = [...ana.cookies.values()].map(decodeURIComponent);
  const setUp = place.setUpToken();
  await place.stop();
  const { db, close } = await openAt(place.home);
  try {
    const tables = (await db.introspection.getTables()).map(({ name }) => name);
    const own = tables.filter((name) => name.startsWith("account_"));
    expect(own).toHaveLength(11);
    const rows = await Promise.all(own.map((name) => db.selectFrom(name).selectAll().execute()));
    const all = JSON.stringify(rows);
    const totp = new URL(uri).searchParams.get("secret") ?? "";
    for (const one of [
      PASSWORD,
      secret,
      totp,
      ...backupCodes,
      link.split("#")[1],
      setUp,
      ...cookies,
    ]) {
      expect(all).not.toContain(one);
    }
    expect(all).toContain("$argon2id$");
  } finally {
    await close();
  }
});
