/** What people can have and erase of their account, and the way back in from the terminal. */
import { Command } from "commander";
import { expect, test, vi } from "vitest";
import { accountCommand } from "../../../src/features/accounts/commands.ts";
import { accounts } from "../../../src/features/accounts/open.ts";
import { rightsOf } from "../../../src/features/accounts/rights.ts";
import { openAt } from "../../fixtures/databases.ts";
import { type Given, testHouse } from "../../fixtures/house.ts";
import { PASSWORD, type Place, serve } from "../../fixtures/shared-mode.ts";

/** A piece of work on the database of a place, which is stopped by then. */
async function after<Result>(
  place: Place,
  work: (db: Awaited<ReturnType<typeof openAt>>["db"]) => Promise<Result>,
): Promise<Result> {
  await place.stop();
  const { db, close } = await openAt(place.home);
  try {
    return await work(db);
  } finally {
    await close();
  }
}

test("an account is given out whole and without secrets, and erased for good", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const { secret } = await eva.must("POST", "/api/auth/keys", {
    name: "My key",
    scopes: ["chat"],
    days: 1,
  });
  const { id } = (await eva.must("GET", "/api/account/state")).person;
  const own = (await ana.must("GET", "/api/account/state")).person.id;
  await after(place, async (db) => {
    const rights = rightsOf(db);
    const [file] = await Array.fromAsync(rights.collect(id, "en"));
    const archive = JSON.parse(String(file?.content));
    expect(archive).toMatchObject({
      account: { email: "eva@example.org" },
      keys: [{ name: "My key" }],
    });
    expect(archive.sessions).toHaveLength(1);
    for (const hidden of [secret, "digest", "argon2id", "token"]) {
      expect(String(file?.content)).not.toContain(hidden);
    }
    await expect(rights.mayErase?.(own)).rejects.toMatchObject({ code: "last_administrator" });
    await rights.mayErase?.(id);
    const [first] = await rights.erase(id);
    expect(first).toMatchObject({ what: "account", count: 4 });
    expect(await rights.erase(id)).toMatchObject([{ what: "account", count: 0 }]);
    expect(await Array.fromAsync(rights.collect(id, "en"))).toEqual([]);
    const tables = (await db.introspection.getTables()).map(({ name }) => name);
    const rows = tables
      .filter((name) => name.startsWith("account_"))
      .map((name) => db.selectFrom(name).selectAll().execute());
    expect(JSON.stringify(await Promise.all(rows))).not.toMatch(new RegExp(`eva@|${id}`));
  });
});

async function run(place: Place, ...words: string[]): Promise<string> {
  const said: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line) => void said.push(String(line)));
  const acts: object[] = [];
  const houseWith = (given: Given) => {
    const house = testHouse(given);
    house.put({ record: async (act) => void acts.push(act) });
    return house.of(accounts);
  };
  const program = new Command().exitOverride();
  accountCommand(program, {
    ...{ language: "en", log: console.error, settings: houseWith({}).settings },
    read: () => Promise.reject(new TypeError("nothing is read here")),
    running: async () => undefined,
    measures: () => [],
    atRest: (work) => after(place, (db) => work(houseWith({ db }))),
  });
  try {
    await program.parseAsync(["account", ...words], { from: "user" });
  } finally {
    spy.mockRestore();
  }
  if (words[0] === "reset") expect(acts).toMatchObject([{ actor: "system" }]);
  return said.join("\n");
}

test("whoever has the machine finds a way back in", async () => {
  const place = await serve();
  const printed = await run(place, "set-up");
  const token = /set-up#([\w-]{43})/.exec(printed)?.[1];
  const second = await serve({ home: place.home });
  // The start has not replaced the link of the command.
  expect(second.told).toEqual([]);
  const ana = second.browser();
  const person = { name: "Ana", email: "ana@example.org", password: PASSWORD };
  await ana.must("POST", "/api/auth/set-up", { token, ...person });
  await ana.must("POST", "/api/auth/totp", { password: PASSWORD });

  expect(await run(second, "people")).toBe("ana@example.org  Ana  administrator");
  await expect(run(second, "set-up")).rejects.toMatchObject({ code: "already_set_up" });
  await expect(run(second, "reset", "eva@example.org")).rejects.toMatchObject({
    code: "email_unknown",
  });
  const reset = /reset#([\w-]{43})/.exec(
    await run(second, "reset", "ANA@example.org", "--factors"),
  )?.[1];
  const third = await serve({ home: place.home });
  const next = "a quite different sentence";
  const again = third.browser();
  await again.must("POST", "/api/auth/reset", { token: reset, password: next });
  expect((await again.signIn("ana@example.org", next)).body).toEqual({ next: "done" });
});
