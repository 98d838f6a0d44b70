/** Nobody's answer is written on when its person was switched off or erased. */
import { expect, test, vi } from "vitest";
import { only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { type Browser, serve } from "../../fixtures/shared-mode.ts";

const ASK = { messages: [{ role: "user", content: "Count." }] };

/** Eva has a key and an answer under way by each door; the answers would take 20 minutes. */
async function writing() {
  const engine = scripted({ tokenMs: 200, reply: () => "word ".repeat(6000) });
  const place = await serve({ engines: () => only(engine) });
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const { items } = await ana.must("GET", "/api/auth/people");
  const person = items.find((one: { email: string }) => one.email === "eva@example.org").id;
  const wish = { name: "script", scopes: ["chat"], days: 1 };
  const { secret } = await eva.must("POST", "/api/auth/keys", wish);
  const bearer = { authorization: `Bearer ${secret}` };
  const whole = { ...ASK, model: "scripted", max_tokens: 6000 };
  const { id } = await eva.must("POST", "/api/conversations", {});
  const question = { content: "Count.", parentId: null };
  await eva.must("POST", `/api/conversations/${id}/turns`, question);
  const answers = [
    eva.call("POST", "/v1/chat/completions", { ...whole, stream: true }),
    place.browser().call("POST", "/v1/chat/completions", whole, bearer),
    eva.call("POST", "/api/chat", ASK),
  ];
  // Ana's own goes on.
  const anas = ana.call("POST", "/v1/chat/completions", { ...whole, stream: true });
  await vi.waitFor(() => expect(engine.load().busy).toBe(5), { timeout: 20_000 });
  return { place, ana, eva, person, engine, answers, anas };
}

async function gone(engine: ReturnType<typeof scripted>): Promise<void> {
  await vi.waitFor(() => expect(engine.load().busy).toBe(1), { timeout: 20_000 });
}

test("who is switched off has no answer written any more, and then again", async () => {
  const { ana, engine, answers, person, anas, place } = await writing();
  await ana.must("PATCH", `/api/auth/people/${person}`, { active: false });
  await Promise.all(answers);
  await gone(engine);
  await ana.must("PATCH", `/api/auth/people/${person}`, { active: true });
  const eva: Browser = place.browser();
  expect((await eva.signIn("eva@example.org")).status).toBe(200);
  const brief = { ...ASK, sampling: { maxTokens: 2 } };
  const { body } = await eva.call("POST", "/api/chat", brief);
  expect(body).toContain('"reason":"length"');
  place.app.server.closeAllConnections();
  await anas.catch(() => {});
});

test("who is erased has no answer written any more", async () => {
  const { eva, engine, answers, anas, place } = await writing();
  const { name } = await eva.must("GET", "/api/rights");
  await eva.must("POST", "/api/rights/erase", { confirm: name });
  await Promise.all(answers);
  await gone(engine);
  place.app.server.closeAllConnections();
  await anas.catch(() => {});
});

test("who signs out or is erased has the browser forget what was written", async () => {
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const { name } = await eva.must("GET", "/api/rights");
  for (const [path, body, person] of [
    ["/api/rights/erase", { confirm: name }, eva],
    ["/api/auth/sign-out", undefined, ana],
  ] as const) {
    const { headers } = await person.call("POST", path, body);
    expect(headers.get("clear-site-data"), path).toBe('"storage"');
  }
});
