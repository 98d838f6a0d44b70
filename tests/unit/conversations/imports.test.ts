/** What an import may hold of the server's memory: bounded for each chat, and for each person. */
import { once } from "node:events";
import { request } from "node:http";
import { expect, test } from "vitest";
import { serve } from "../../fixtures/shared-mode.ts";

const DATE = "2026-01-02T03:04:05.678Z";
const MIB = 2 ** 20;

const chat = (title: string, content: string) => ({
  ...{ id: title, title, titleSource: "user", pinned: false, createdAt: DATE, updatedAt: DATE },
  ...{ settings: {}, currentId: "q" },
  messages: [
    {
      ...{ id: "q", parentId: null, role: "user", content, createdAt: DATE, status: "done" },
      ...{ details: null, error: null },
    },
  ],
});
const file = (...conversations: object[]) => ({
  ...{ format: "charla.conversations", version: 1, exportedAt: DATE, conversations },
});

test("a file may be large, but no conversation in it, in whatever field", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const bring = (...chats: object[]) =>
    ana.call("POST", "/api/conversations/import", file(...chats));
  const six = "x".repeat(6 * MIB);
  expect((await bring(chat("a", six), chat("b", six))).body.imported).toHaveLength(2);
  const error = { code: "x", message: "x", hint: "x", type: "x", param: null, retryable: false };
  const hidden = chat("c", "short");
  Object.assign(hidden.messages[0] ?? {}, { error: { ...error, params: { a: six, b: six } } });
  for (const large of [chat("c", six + six), hidden]) {
    const { status, body } = await bring(chat("a", "short"), large);
    expect(status).toBe(413);
    const { code, param, message } = body.error;
    expect([code, param]).toEqual(["conversation_too_large", "conversations[1]"]);
    expect(message).toContain("Chat 2 ");
  }
  expect((await ana.must("GET", "/api/conversations")).items).toHaveLength(2);
});

test("a person has one import at a time, whose body is not read before", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const bring = (one = ana) =>
    one.fails("POST", "/api/conversations/import", file(chat("a", "short")));
  const cookie = [...ana.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  for (const ending of ["whole", "left"] as const) {
    const text = JSON.stringify(file(chat("slow", "short")));
    const slow = request(`${place.app.url}/api/conversations/import`, {
      method: "POST",
      headers: {
        cookie,
        host: new URL(place.origin).host,
        "content-length": text.length,
        expect: "100-continue",
      },
    });
    const answered = once(slow, "response").catch(() => []);
    // Those that are sent from now on come after it.
    const taken = once(slow, "continue");
    slow.flushHeaders();
    await taken;
    slow.write(text.slice(0, 20));
    await expect.poll(() => bring()).toBe("import_running");
    expect(await bring(eva)).toBe("");
    if (ending === "whole") slow.end(text.slice(20));
    else slow.destroy();
    const [response] = await answered;
    response?.resume();
    expect(response?.statusCode).toBe(ending === "whole" ? 200 : undefined);
    await expect.poll(() => bring()).toBe("");
  }
});
