/** What is open goes on for no longer than the session or key by which it was opened. */
import { expect, onTestFinished, test, vi } from "vitest";
import { type Browser, serve } from "../../fixtures/shared-mode.ts";

/** More than the time between two looks, in milliseconds. */
const A_LOOK = 30_001;

async function place() {
  // Only what repeats itself: all else goes on in its own time.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const place = await serve();
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  return { place, ana, eva };
}

/** Opens a stream and waits for its first event. @returns tells whether it has ended */
async function watch(origin: string, path: string, headers: Record<string, string>) {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const { body, status } = await fetch(origin + path, { headers, signal: gone.signal });
  expect(status).toBe(200);
  const reader = body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  const state = { ended: false };
  void (async () => {
    while (!(await reader?.read())?.done) {}
  })()
    .catch(() => {})
    .then(() => {
      state.ended = true;
    });
  return state;
}

const cookieOf = (browser: Browser) => ({
  cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
});

test("a stream ends with the session by which it was opened, however that ends", async () => {
  const { place: at, ana, eva } = await place();
  const { id } = (await eva.must("GET", "/api/account/state")).person;
  const ends: readonly ((phone: Browser) => Promise<unknown>)[] = [
    (phone) => phone.must("POST", "/api/auth/sign-out"),
    () => eva.must("DELETE", "/api/auth/sessions"),
    () => ana.must("PATCH", `/api/auth/people/${id}`, { active: false }),
  ];
  for (const end of ends) {
    const phone = at.browser();
    await phone.signIn("eva@example.org");
    const its = await watch(at.origin, "/api/engine", cookieOf(phone));
    const others = await watch(at.origin, "/api/engine", cookieOf(ana));
    await vi.advanceTimersByTimeAsync(A_LOOK);
    expect([its.ended, others.ended]).toEqual([false, false]);
    await end(phone);
    await vi.advanceTimersByTimeAsync(A_LOOK);
    await expect.poll(() => its.ended).toBe(true);
    expect(others.ended).toBe(false);
  }
  expect(at.logged).toEqual([]);
});

test("a stream ends with the key by which it was opened", async () => {
  const { place: at, ana } = await place();
  const wish = { name: "k", scopes: ["conversations:read", "conversations:write"], days: 1 };
  const { key, secret } = await ana.must("POST", "/api/auth/keys", wish);
  const { id } = await ana.must("POST", "/api/conversations", {});
  const content = "word ".repeat(2000);
  const asked = await ana.must("POST", `/api/conversations/${id}/turns`, {
    ...{ content, parentId: null },
  });
  const path = `/api/conversations/${id}/messages/${asked.answer.id}/stream`;
  const its = await watch(at.origin, path, { authorization: `Bearer ${secret}` });
  const own = await watch(at.origin, path, cookieOf(ana));
  await ana.call("DELETE", `/api/auth/keys/${key.id}`);
  await vi.advanceTimersByTimeAsync(A_LOOK);
  await expect.poll(() => its.ended).toBe(true);
  expect(own.ended).toBe(false);
  await ana.must("POST", path.replace(/stream$/, "stop"));
});
