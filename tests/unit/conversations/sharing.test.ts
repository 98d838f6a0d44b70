/** Links to snapshots, and leave for administrators: made, used, listed, over. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { openWith } from "../../../src/core/seal.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { sharePlace } from "../../../src/features/conversations/shares.ts";
import { temporaryHome } from "./home.ts";
import { serve, type TestServer } from "./server.ts";

let server: TestServer;
afterEach(async () => {
  vi.useRealTimers();
  await server?.stop();
});

const HOUR = 3_600_000;

/** A server, and a chat of Ana's with two branches. */
async function withChat(policy: object) {
  server = await serve(await temporaryHome(), scripted({ tokenMs: 0 }), [], policy);
  const ana = async (method: string, path: string, body?: unknown) =>
    server.call(method, path, body, "ana");
  const settings = { systemPrompt: "secret orders" };
  const { id } = (await ana("POST", "/api/conversations", { settings })).body;
  const path = `/api/conversations/${id}`;
  const ask = async (content: string, parentId: string | null) => {
    const { question, answer } = (await ana("POST", `${path}/turns`, { content, parentId })).body;
    for (;;) {
      const { messages } = (await ana("GET", path)).body;
      if (messages.find((one: { id: string }) => one.id === answer.id).status === "done") break;
    }
    return { question, answer };
  };
  await ask("first version", null);
  const { answer } = await ask("second version", null);
  await ask("and more", answer.id);
  await ana("PATCH", path, { title: "About versions" });
  return { id, path, ana, ask, answer };
}

const open = (token: string) => server.call("POST", "/api/shared", { token }, "stranger");
const NOWHERE = { status: 404, body: { error: { code: "share_not_found" } } };

describe("a link", () => {
  it("shows the branch as it was, to whoever has it, and nothing else", async () => {
    const { path, ana, ask, answer } = await withChat({ enabled: true });
    const { share, token } = (await ana("POST", `${path}/shares`, { days: 2 })).body;
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(Date.parse(share.expiresAt) - Date.parse(share.createdAt)).toBe(48 * HOUR);
    const shown = await open(token);
    expect(shown.headers.get("x-robots-tag")).toBe("noindex");
    expect(shown.headers.get("cache-control")).toBe("no-store");
    expect(shown.body.title).toBe("About versions");
    const said = shown.body.messages.map(({ content }: { content: string }) => content);
    expect(said[0]).toBe("second version");
    expect(said[2]).toBe("and more");
    expect(said).toHaveLength(4);
    expect(shown.body.messages[1]).toMatchObject({ role: "assistant", model: "Scripted engine" });
    const all = JSON.stringify(shown.body);
    for (const hidden of ["first version", "secret orders", "ana", answer.id]) {
      expect(all).not.toContain(hidden);
    }
    // What comes later is not in it.
    await ask("later", answer.id);
    await ana("PATCH", path, { title: "Another title" });
    expect((await open(token)).body).toEqual(shown.body);
  });

  it("can be listed and revoked by its owner, and then looks like none", async () => {
    const { id, path, ana } = await withChat({ enabled: true });
    const { share, token } = (await ana("POST", `${path}/shares`, { days: 2 })).body;
    const listed = (await ana("GET", "/api/sharing")).body;
    expect(listed).toMatchObject({
      links: { maxDays: 30 },
      shares: [{ id: share.id, conversationId: id }],
    });
    expect(JSON.stringify(listed)).not.toContain(token);
    expect((await ana("DELETE", `/api/shares/${share.id}`)).status).toBe(204);
    const revoked = await open(token);
    expect(revoked).toMatchObject(NOWHERE);
    for (const other of ["", "x", "A".repeat(43), `${token}x`, "A".repeat(1000), id, share.id]) {
      const reply = await open(other);
      expect({ status: reply.status, body: reply.body }).toEqual({
        status: revoked.status,
        body: revoked.body,
      });
    }
    expect((await ana("GET", "/api/sharing")).body.shares).toEqual([]);
  });

  it("ends with its time, with the chat, and with the policy", async () => {
    const { path, ana } = await withChat({ enabled: true, max_days: 7 });
    expect((await ana("POST", `${path}/shares`, { days: 8 })).status).toBe(400);
    const { token } = (await ana("POST", `${path}/shares`, { days: 1 })).body;
    await ana("DELETE", path);
    expect(await open(token)).toMatchObject(NOWHERE);
    await ana("POST", `${path}/restore`);
    expect((await open(token)).status).toBe(200);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 24 * HOUR + 1 });
    expect(await open(token)).toMatchObject(NOWHERE);
    vi.useRealTimers();
    const { home } = server;
    await server.stop();
    server = await serve(home);
    expect(await open(token)).toMatchObject(NOWHERE);
    const refused = await ana("POST", `${path}/shares`, { days: 1 });
    expect(refused).toMatchObject({ status: 403, body: { error: { code: "sharing_disabled" } } });
    expect((await ana("GET", "/api/sharing")).body).toMatchObject({ links: null, shares: [{}] });
  });

  it("leaves nothing of its copy in the database once its time is over", async () => {
    const { path, ana } = await withChat({ enabled: true });
    await ana("POST", `${path}/shares`, { days: 1 });
    await ana("POST", `${path}/shares`, { days: 3 });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 25 * HOUR });
    for (const { run } of server.feature.every ?? []) await run();
    expect(await server.db.selectFrom("share").selectAll().execute()).toHaveLength(1);
  });

  it("is one of at most twenty to a chat, as is the leave to read it", async () => {
    const { path, ana } = await withChat({ enabled: true });
    for (const [what, given] of [
      ["shares", { days: 1 }],
      ["support", { hours: 1, reason: "x" }],
    ]) {
      const make = async () => (await ana("POST", `${path}/${what}`, given)).body;
      const all = [];
      for (let n = 0; n < 20; n++) all.push(await make());
      expect((await make()).error.code).toBe(what === "shares" ? "shares_full" : "grants_full");
      const { id } = what === "shares" ? all[0].share : all[0];
      await ana("DELETE", `/api/${what}/${id}`);
      expect((await make()).error).toBeUndefined();
    }
  });

  it("is needed to read it: the database and all keys together are not enough", async () => {
    const { path, ana } = await withChat({ enabled: true });
    const { share, token } = (await ana("POST", `${path}/shares`, { days: 1 })).body;
    const row = await server.db.selectFrom("share").selectAll().executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(token);
    const inner = (await server.vault.of("ana")).open(row.snapshot, sharePlace(share.id));
    const bytes = Buffer.from(inner, "base64");
    expect(bytes.includes("second version")).toBe(false);
    // The key is not the token itself, nor its digest, which is in the row.
    for (const key of [Buffer.from(token, "base64url"), Buffer.from(row.token_hash, "hex")]) {
      expect(openWith(key, inner, ["share", share.id])).toBeUndefined();
    }
    // And the other way round: with the owner's key gone, the link opens nothing.
    await server.vault.destroy("ana");
    expect((await open(token)).body).toMatchObject({ error: { code: "text_unreadable" } });
  });

  it("needs something to show", async () => {
    const { ana } = await withChat({ enabled: true });
    const { id } = (await ana("POST", "/api/conversations", {})).body;
    const reply = await ana("POST", `/api/conversations/${id}/shares`, { days: 1 });
    expect(reply).toMatchObject({ status: 400, body: { error: { code: "nothing_to_share" } } });
  });
});

describe("support", () => {
  const boss = (method: string, path: string) =>
    server.call(method, path, undefined, "boss", "administrator");
  const NONE = { status: 404, body: { error: { code: "grant_not_found" } } };

  it("is read by leave only, for its time only, and each reading is written down first", async () => {
    const { id, path, ana } = await withChat({});
    expect((await boss("GET", path)).body).toMatchObject({
      error: { code: "conversation_not_found" },
    });
    const given = await ana("POST", `${path}/support`, { hours: 2, reason: "It answers nonsense" });
    const grant = given.body;
    expect(grant).toMatchObject({ title: "About versions", reads: 0, readAt: null });
    const open = (await boss("GET", "/api/support")).body.grants;
    expect(open).toMatchObject([{ id: grant.id, title: "", reason: "It answers nonsense" }]);

    const read = await boss("GET", `/api/support/${grant.id}/conversation`);
    expect(read.body).toMatchObject({ id, title: "About versions" });
    expect(server.acts.at(-1)).toEqual({
      ...{ actor: "boss", act: "chat.read", subject: id },
      details: { grant: grant.id, owner: "ana" },
    });
    expect((await ana("GET", "/api/sharing")).body.grants).toMatchObject([{ reads: 1 }]);
    // One chat, to read: no other way leads there, and nothing can be changed.
    expect((await boss("GET", path)).status).toBe(404);
    expect((await boss("DELETE", path)).status).toBe(404);

    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2 * HOUR + 1 });
    expect(await boss("GET", `/api/support/${grant.id}/conversation`)).toMatchObject(NONE);
    expect((await boss("GET", "/api/support")).body.grants).toEqual([]);
    expect(server.acts.filter(({ act }) => act === "chat.read")).toHaveLength(1);
    expect(JSON.stringify(server.acts)).not.toContain("nonsense");
  });

  it("ends when it is revoked, and with the chat", async () => {
    const { path, ana } = await withChat({});
    const body = { hours: 2, reason: "look" };
    const first = (await ana("POST", `${path}/support`, body)).body;
    expect((await ana("DELETE", `/api/support/${first.id}`)).status).toBe(204);
    expect(await boss("GET", `/api/support/${first.id}/conversation`)).toMatchObject(NONE);
    const second = (await ana("POST", `${path}/support`, body)).body;
    await ana("DELETE", path);
    expect(await boss("GET", `/api/support/${second.id}/conversation`)).toMatchObject(NONE);
  });

  it("does not happen where it cannot be written down", async () => {
    const { path, ana } = await withChat({});
    const grant = (await ana("POST", `${path}/support`, { hours: 2, reason: "look" })).body;
    server.acts.push = () => {
      throw new Error("the disk is full");
    };
    expect((await boss("GET", `/api/support/${grant.id}/conversation`)).status).toBe(500);
    expect((await ana("GET", "/api/sharing")).body.grants).toMatchObject([{ reads: 0 }]);
  });

  it("is not there where the policy does not want it, nor for who is alone", async () => {
    const { path, ana } = await withChat({ support: false });
    const reply = await ana("POST", `${path}/support`, { hours: 2, reason: "look" });
    expect(reply.status).toBe(404);
    expect((await ana("GET", "/api/sharing")).body.support).toBeNull();
    await server.stop();
    server = await serve(server.home);
    expect((await server.call("GET", "/api/sharing")).body.support).toBeNull();
    expect((await ana("GET", "/api/sharing")).body.support).toEqual({ maxHours: 72 });
  });
});
