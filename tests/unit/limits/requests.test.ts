/** Requests and answers by person, key and address, over a real server. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Crowd } from "../../../src/features/limits/buckets.ts";
import { duration } from "../../../src/features/limits/layers.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { type Options, serve } from "./server.ts";

/** Only the clock: what waits, waits as ever. */
beforeEach(
  () => void vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-10T12:00:00Z") }),
);
afterEach(() => void vi.useRealTimers());
const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

const start = async (options: Omit<Options, "db">) =>
  serve({ db: (await freshDatabase()).db, ...options });

const code = async (reply: Response) =>
  ((await reply.json()) as { error: { code: string } }).error.code;

describe("requests within a minute", () => {
  test("are counted by person, told in headers, and refused with a time to wait", async () => {
    const { ask } = await start({ policy: { requests_per_minute: { person: 3 } } });
    for (const remaining of ["2", "1", "0"]) {
      const reply = await ask("ana", "/api/ping");
      expect(reply.status).toBe(200);
      expect(reply.headers.get("x-ratelimit-limit-requests")).toBe("3");
      expect(reply.headers.get("x-ratelimit-remaining-requests")).toBe(remaining);
      expect(reply.headers.get("x-ratelimit-reset-requests")).toBe("1m0s");
      later(0);
    }
    later(20);
    const refused = await ask("ana", "/api/ping");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("40");
    expect(refused.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    expect(refused.headers.get("x-ratelimit-reset-requests")).toBe("40s");
    expect(await code(refused)).toBe("rate_limited");
    expect((await ask("leo", "/api/ping")).status).toBe(200);
    later(40);
    expect((await ask("ana", "/api/ping")).status).toBe(200);
  });

  test("are told beside the events of a stream, too", async () => {
    const { ask } = await start({ policy: { requests_per_minute: { person: 3 } } });
    const reply = await ask("ana", "/api/chat", {});
    expect(reply.headers.get("content-type")).toBe("text/event-stream");
    expect(reply.headers.get("x-ratelimit-remaining-requests")).toBe("2");
    await reply.text();
  });

  test("are counted by key as well, and the tighter of both is told", async () => {
    const { ask } = await start({ policy: { requests_per_minute: { person: 5, key: 2 } } });
    const first = await ask("ana/one", "/api/ping");
    expect(first.headers.get("x-ratelimit-limit-requests")).toBe("2");
    await ask("ana/one", "/api/ping");
    expect((await ask("ana/one", "/api/ping")).status).toBe(429);
    // Another key of hers, and herself, until the person's are gone, too.
    expect((await ask("ana/two", "/api/ping")).status).toBe(200);
    expect((await ask("ana", "/api/ping")).status).toBe(200);
    expect((await ask("ana/two", "/api/ping")).status).toBe(429);
  });

  test("in a burst are let through exactly as many as there may be", async () => {
    const { ask } = await start({ policy: { requests_per_minute: { person: 20 } } });
    const burst = Array.from({ length: 60 }, () => ask("ana", "/api/ping"));
    const statuses = (await Promise.all(burst)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(40);
  });

  test("of who is alone here, or has no limit, are not counted", async () => {
    const { ask } = await start({ policy: { requests_per_minute: { person: 1, address: 0 } } });
    for (let n = 0; n < 5; n++) {
      const reply = await ask("solo", "/api/ping");
      expect(reply.status).toBe(200);
      expect(reply.headers.has("x-ratelimit-limit-requests")).toBe(false);
    }
  });
});

describe("by address", () => {
  const policy = { requests_per_minute: { address: 3, person: 0 } };

  test("also who has not signed in is counted", async () => {
    const { ask } = await start({ policy });
    for (let n = 0; n < 3; n++) expect((await ask("anyone", "/api/ping")).status).toBe(200);
    const refused = await ask("anyone", "/api/ping");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
  });

  test("a header changes nothing while no proxy is declared", async () => {
    const { ask } = await start({ policy });
    const from = (n: number) => ({
      "x-forwarded-for": `203.0.113.${n}`,
      "x-real-ip": `10.0.0.${n}`,
    });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) {
      statuses.push((await ask("anyone", "/api/ping", undefined, from(n))).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });

  test("behind a declared proxy each client counts for itself, whatever it writes in front", async () => {
    const { ask } = await start({ policy, proxies: ["127.0.0.1"] });
    const forged = (n: number, client: string) => ({ "x-forwarded-for": `8.8.4.${n}, ${client}` });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n++) {
      const headers = forged(n, "203.0.113.7");
      statuses.push((await ask("anyone", "/api/ping", undefined, headers)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const other = forged(9, "203.0.113.8");
    expect((await ask("anyone", "/api/ping", undefined, other)).status).toBe(200);
  });

  test("a whole /64 of IPv6 is one client", async () => {
    const { ask } = await start({ policy, proxies: ["127.0.0.1"] });
    const statuses: number[] = [];
    for (let n = 1; n < 6; n++) {
      const headers = { "x-forwarded-for": `2001:db8:0:1::${n}` };
      statuses.push((await ask("anyone", "/api/ping", undefined, headers)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });
});

describe("at once", () => {
  const endless = { reply: () => "word ".repeat(100_000), tokenMs: 5 };

  test("no more answers than there may be, and another one when one has ended", async () => {
    const { ask } = await start({ policy: { at_once: { answers: 2 } }, script: endless });
    const open = async () => {
      const abort = new AbortController();
      const reply = await ask("ana", "/api/chat", {}, {}, abort.signal);
      const reader = reply.body?.getReader();
      const first = Buffer.from((await reader?.read())?.value ?? []).toString();
      return { abort, first };
    };
    const [one, two] = [await open(), await open()];
    expect(one.first + two.first).not.toContain("answers_limited");
    expect((await open()).first).toContain("answers_limited");
    // A title goes beside its answer.
    const title = await ask("ana", "/api/chat", { origin: "title", maxTokens: 1 });
    expect(await title.text()).not.toContain("answers_limited");
    one.abort.abort();
    await expect.poll(async () => (await open()).first).not.toContain("answers_limited");
    two.abort.abort();
  });

  test("what is computed beside answers counts as one", async () => {
    const { ask } = await start({ policy: { at_once: { answers: 1 } } });
    const abort = new AbortController();
    const first = ask("ana", "/api/score", { tokens: 1, waits: true }, {}, abort.signal);
    first.catch(() => {});
    await expect
      .poll(async () => {
        const reply = await ask("ana", "/api/score", { tokens: 1 });
        return reply.ok ? "ok" : code(reply);
      })
      .toBe("answers_limited");
    expect(await (await ask("ana", "/api/chat", {})).text()).toContain("answers_limited");
    expect((await ask("leo", "/api/score", { tokens: 1 })).status).toBe(200);
    abort.abort();
    await expect.poll(async () => (await ask("ana", "/api/score", { tokens: 1 })).status).toBe(200);
  });

  test("what it reads counts as tokens of the minute", async () => {
    const { ask } = await start({ policy: { tokens_per_minute: { person: 100 } } });
    expect((await ask("ana", "/api/score", { tokens: 150 })).status).toBe(200);
    const refused = await ask("ana", "/api/score", { tokens: 1 });
    expect([refused.status, await code(refused)]).toEqual([429, "tokens_limited"]);
    later(61);
    expect((await ask("ana", "/api/score", { tokens: 1 })).status).toBe(200);
  });

  test("what a key reads counts as the key's, too", async () => {
    const { ask } = await start({ policy: { tokens_per_minute: { person: 100, key: 10 } } });
    expect((await ask("ana/key", "/api/score", { tokens: 15 })).status).toBe(200);
    expect(await code(await ask("ana/key", "/api/score", { tokens: 1 }))).toBe("tokens_limited");
    expect((await ask("ana", "/api/score", { tokens: 1 })).status).toBe(200);
  });

  test("who leaves twice makes room for one", () => {
    const crowd = new Crowd(2);
    const leave = crowd.enter("ana");
    expect(crowd.enter("ana")).toBeDefined();
    leave?.();
    leave?.();
    expect(crowd.enter("ana")).toBeDefined();
    expect(crowd.enter("ana")).toBeUndefined();
  });

  test("what is read for answers counts its tokens, and is no answer itself", async () => {
    const policy = { at_once: { answers: 1 }, tokens_per_minute: { person: 100 } };
    const { ask } = await start({ policy });
    const abort = new AbortController();
    const busy = ask("ana", "/api/score", { tokens: 0, waits: true }, {}, abort.signal);
    busy.catch(() => {});
    await expect.poll(async () => (await ask("ana", "/api/score", { tokens: 0 })).status).toBe(429);
    expect((await ask("ana", "/api/read", { tokens: 150 })).status).toBe(200);
    expect(await code(await ask("ana", "/api/read", { tokens: 1 }))).toBe("tokens_limited");
    abort.abort();
  });

  test("no more requests than there may be, slow readers included", async () => {
    const { ask } = await start({ policy: { at_once: { requests: 3 } }, script: endless });
    const aborts = [1, 2, 3].map(() => new AbortController());
    await Promise.all(aborts.map(({ signal }) => ask("ana", "/api/chat", {}, {}, signal)));
    const refused = await ask("ana", "/api/ping");
    expect([refused.status, await code(refused)]).toEqual([429, "connections_limited"]);
    expect((await ask("leo", "/api/ping")).status).toBe(200);
    for (const abort of aborts) abort.abort();
    await expect.poll(async () => (await ask("ana", "/api/ping")).status).toBe(200);
  });

  test("of one address, whoever it is", async () => {
    const policy = { at_once: { requests_of_address: 2 } };
    const { ask } = await start({ policy, script: endless });
    const aborts = [1, 2].map(() => new AbortController());
    await Promise.all(aborts.map(({ signal }, n) => ask(`p${n}`, "/api/chat", {}, {}, signal)));
    expect((await ask("leo", "/api/ping")).status).toBe(429);
    for (const abort of aborts) abort.abort();
    await expect.poll(async () => (await ask("leo", "/api/ping")).status).toBe(200);
  });
});

describe("tokens within a minute", () => {
  const policy = { tokens_per_minute: { person: 10, key: 4 } };
  const script = { reply: () => "one two three four five six", tokenMs: 0 };

  test("are counted as they are written, and the next answer waits", async () => {
    const { ask } = await start({ policy, script });
    expect((await ask("ana", "/api/ping")).headers.get("x-ratelimit-limit-tokens")).toBe("10");
    await (await ask("ana", "/api/chat", {})).text();
    const after = await ask("ana", "/api/ping");
    const remaining = Number(after.headers.get("x-ratelimit-remaining-tokens"));
    expect(remaining).toBeLessThan(10);
    expect(remaining).toBeGreaterThanOrEqual(0);
    await (await ask("ana", "/api/chat", {})).text();
    expect(await (await ask("ana", "/api/chat", {})).text()).toContain("tokens_limited");
    later(60);
    expect(await (await ask("ana", "/api/chat", {})).text()).not.toContain("tokens_limited");
  });

  test("of a key that are gone leave the person's own", async () => {
    const { ask } = await start({ policy, script });
    await (await ask("ana/key", "/api/chat", {})).text();
    expect(await (await ask("ana/key", "/api/chat", {})).text()).toContain("tokens_limited");
    expect(await (await ask("ana", "/api/chat", {})).text()).not.toContain("tokens_limited");
  });

  test("of an answer that nobody waits for are counted, too", async () => {
    const slow = { reply: () => "word ".repeat(1000), tokenMs: 5 };
    const { ask } = await start({ policy: { tokens_per_minute: { person: 1000 } }, script: slow });
    const abort = new AbortController();
    const reply = await ask("ana", "/api/chat", { maxTokens: 1000 }, {}, abort.signal);
    const reader = reply.body?.getReader();
    for (let n = 0; n < 4; n++) await reader?.read();
    abort.abort();
    await sleep(50);
    const { headers } = await ask("ana", "/api/ping");
    expect(Number(headers.get("x-ratelimit-remaining-tokens"))).toBeLessThan(1000);
  });
});

test.each([
  [0, "0ms"],
  [12.5, "13ms"],
  [999, "999ms"],
  [1000, "1s"],
  [1001, "2s"],
  [60_000, "1m0s"],
  [361_000, "6m1s"],
])("%d ms are written as %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
