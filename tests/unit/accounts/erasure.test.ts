/** A person among others is exported and erased: all of theirs, nothing of others', and not lightly. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type Browser, PASSWORD, serve } from "../../fixtures/shared-mode.ts";

async function chatOf(browser: Browser, content: string): Promise<string> {
  const { id } = await browser.must("POST", "/api/conversations", {});
  await browser.must("POST", `/api/conversations/${id}/turns`, { content, parentId: null });
  return id;
}

/** Whether any file of the data folder has a text. */
function kept(home: string, text: string): string[] {
  const files = readdirSync(home, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => readFileSync(path).includes(text));
}

test("who is erased is gone with account and chats, and others keep theirs", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva.quintanilla@example.org");
  const anas = await chatOf(ana, "What is a noun?");
  const evas = await chatOf(eva, "What is a verb?");
  const { name, person } = await eva.must("GET", "/api/rights");
  expect(name).toBe("eva.quintanilla");

  expect(await eva.fails("POST", "/api/rights/erase", { confirm: "ERASE" })).toBe("not_confirmed");
  const report = await eva.must("POST", "/api/rights/erase", { confirm: " eva.quintanilla " });
  expect(report.erased).toContainEqual(
    expect.objectContaining({ what: "conversations", count: 1 }),
  );
  expect(report.erased).toContainEqual(expect.objectContaining({ what: "account" }));
  expect(await eva.fails("GET", "/api/conversations")).toBe("session_ended");
  const again = { email: "eva.quintanilla@example.org", password: PASSWORD };
  expect(await place.browser().fails("POST", "/api/auth/sign-in", again)).toBe("sign_in_failed");
  await ana.must("GET", `/api/conversations/${anas}`);
  expect((await ana.must("GET", "/api/auth/people")).items).toHaveLength(1);

  // The log keeps an id, which nothing else names.
  const { items } = await ana.must("GET", `/api/audit?subject=${person}`);
  expect(items.map(({ act }: { act: string }) => act)).toContain("person.erased");
  expect(JSON.stringify(await ana.must("GET", "/api/audit?limit=200"))).not.toContain(
    "quintanilla",
  );
  expect(kept(place.home, "quintanilla")).toEqual([]);
  expect(kept(place.home, evas)).toEqual([]);
});

test("it takes a sign-in of the last hour, and no key", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const wish = { name: "script", scopes: ["chat", "conversations:read"], days: 1 };
  const { secret } = await eva.must("POST", "/api/auth/keys", wish);
  const bearer = { authorization: `Bearer ${secret}` };
  for (const path of ["/api/rights/erase", "/api/rights/export"]) {
    const body = path.endsWith("erase") ? { confirm: "eva" } : {};
    const reply = await place.browser().call("POST", path, body, bearer);
    expect([path, reply.status]).toEqual([path, 403]);
  }
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * 3_600_000 });
  try {
    expect(await eva.fails("POST", "/api/rights/erase", { confirm: "eva" })).toBe("sign_in_again");
  } finally {
    vi.useRealTimers();
  }
});

test("the last administrator stays, members erase nobody else, administrators do", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const { person } = await eva.must("GET", "/api/rights");
  const { person: administrator } = await ana.must("GET", "/api/rights");
  expect(await ana.fails("POST", "/api/rights/erase", { confirm: "Ana" })).toBe(
    "last_administrator",
  );
  const path = (id: string) => `/api/rights/people/${id}/erase`;
  const other = await eva.call("POST", path(administrator), { confirm: "Ana" });
  expect(other.status).toBe(403);
  const log = await eva.call("GET", "/api/audit");
  expect(log.status).toBe(403);
  expect(await ana.fails("POST", path(person), { confirm: "Ana" })).toBe("not_confirmed");
  const report = await ana.must("POST", path(person), { confirm: "eva" });
  expect(report.person).toBe(person);
  expect(await eva.fails("GET", "/api/conversations")).toBe("session_ended");
});

test("an archive has one's own and nothing of others, account included", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const anas = await chatOf(ana, "What is a noun?");
  const evas = await chatOf(eva, "What is a verb?");
  const { person } = await eva.must("GET", "/api/rights");
  const cookie = [...eva.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const response = await fetch(`${place.origin}/api/rights/export`, {
    ...{ method: "POST", body: "{}" },
    headers: { origin: place.origin, cookie },
  });
  // Names stand in clear in a ZIP archive.
  const archive = Buffer.from(await response.arrayBuffer()).toString("latin1");
  expect(archive).toContain(`conversations/${evas}.json`);
  expect(archive).toContain("account/account.json");
  expect(archive).not.toContain(anas);
  const { items } = await ana.must("GET", `/api/audit?actor=${person}&act=person.exported`);
  expect(items).toHaveLength(1);
});
