/**
 * Whose a turn is, as the engine hears it: by that name caches keep people apart and queues are
 * fair, so nobody may choose it.
 */
import { expect, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { personOf } from "../../../src/core/access.ts";
import { only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { engineSettings } from "../../../src/engines.ts";
import { serve } from "../../fixtures/shared-mode.ts";

test("the engine is told who asks at every door, whatever the request says", async () => {
  const asked: { user: string | undefined; text: string }[] = [];
  const inner = scripted();
  const engine: typeof inner = {
    ...inner,
    generate(request) {
      asked.push({ user: request.user, text: request.messages.at(-1)?.content ?? "" });
      return inner.generate(request);
    },
  };
  const place = await serve({ engines: () => only(engine) });
  const ana = await place.administrator();
  const bea = await place.join(ana, "bea@example.org");
  const idOf = async (one: typeof ana) => (await one.must("GET", "/api/account/state")).person.id;
  const [victim, own] = [await idOf(ana), await idOf(bea)];

  const messages = [{ role: "user", content: "Hello" }];
  for (const stream of [false, true]) {
    const body = { messages, user: victim, stream, n: 2 };
    expect((await bea.call("POST", "/v1/chat/completions", body)).status).toBe(200);
  }
  expect((await bea.call("POST", "/api/chat", { messages })).status).toBe(200);
  const { id } = await bea.must("POST", "/api/conversations", {});
  const question = { content: "What is my name?", parentId: null };
  await bea.must("POST", `/api/conversations/${id}/turns`, question);
  // The title is asked for when the answer has ended and its request is long over.
  await expect.poll(() => asked.some(({ text }) => text.startsWith("Write a title"))).toBe(true);
  expect(asked).toHaveLength(7);
  expect(new Set(asked.map(({ user }) => user))).toEqual(new Set([own]));

  // Each key is somebody else for the caches, and the same person in the queue.
  const key = { name: "k", scopes: ["chat"], days: 1 };
  for (let keys = 0; keys < 2; keys++) {
    const { secret } = await bea.must("POST", "/api/auth/keys", key);
    const headers = { authorization: `Bearer ${secret}` };
    const byKey = { messages, user: victim };
    const program = place.browser();
    for (let asks = 0; asks < 2; asks++) {
      const reply = await program.call("POST", "/v1/chat/completions", byKey, headers);
      expect(reply.status).toBe(200);
    }
  }
  const users = asked.map(({ user = "" }) => user);
  const [first, again, second] = [users[7], users[8], users[9]];
  expect(again).toBe(first);
  expect(new Set([own, first, second]).size).toBe(3);
  expect(users.map(personOf)).toEqual(users.map(() => own));
});

test("caches are shared by the one person of an installation without accounts, and by nobody else", () => {
  const shares = (accounts: string) =>
    engineSettings(readConfig({ accounts }, {}), () => {}).sharesCaches;
  expect([shares("on"), shares("off")]).toEqual([false, true]);
});
