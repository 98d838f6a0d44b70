/**
 * Each alert fires and clears: Prometheus' rules, as they stand in `deploy/`, over what a real server tells while it
 * answers, waits, refuses, fails and is down. A minute passes from one look at it to the next.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { startApp } from "../../../src/app.ts";
import { readConfig } from "../../../src/config.ts";
import { find } from "../../../src/core/children.ts";
import { type Engine, only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { ROOT, temporary } from "../../fixtures/charla.ts";
import { Prometheus, type Rule } from "../../fixtures/prometheus.ts";
import { fake, PLAN } from "../engines/service/engine.ts";

const FILE = join(ROOT, "deploy/prometheus/charla.rules.yml");
interface Written extends Rule {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
const RULES: readonly Written[] = parse(readFileSync(FILE, "utf8")).groups[0].rules;

/** A server on an engine, and Prometheus beside it. */
async function watched(engine: Engine) {
  const home = temporary();
  const prometheus = new Prometheus(RULES);
  /** What fired, by minute, where somebody has looked. */
  const seen = new Map<number, readonly string[]>();
  const config = readConfig({ home, port: 0, engine: "scripted" }, {});
  const loads = () => (engine.load ? [engine.load()] : []);
  const engines = { ...only(engine), loads, close: async () => {} };
  const begin = () => startApp(config, () => {}, { engines });
  let app = await begin();
  let up = true;
  const stop = async () => {
    if (up) await app.stop();
    up = false;
  };
  onTestFinished(stop);
  const ask = async (content: string, signal?: AbortSignal): Promise<number> => {
    const body = JSON.stringify({ model: "default", messages: [{ role: "user", content }] });
    const headers = { "content-type": "application/json" };
    const sent = { method: "POST", headers, body, ...(signal && { signal }) };
    const reply = await fetch(`${app.url}/v1/chat/completions`, sent);
    await reply.text();
    return reply.status;
  };
  /** Lets minutes pass, in each of which something happens. @returns the alerts that fire at their end */
  const after = async (minutes: number, each: () => Promise<unknown> = async () => {}) => {
    let firing: readonly string[] = [];
    for (let minute = 0; minute < minutes; minute++) {
      await each();
      prometheus.scrape(up ? await (await fetch(`${app.url}/metrics`)).text() : undefined);
      firing = prometheus.firing();
    }
    seen.set(prometheus.minutes - 1, firing);
    return firing;
  };
  const start = async () => {
    app = await begin();
    up = true;
  };
  return {
    ask,
    after,
    stop,
    start,
    load: () => engine.load?.(),
    agree: () => agree(prometheus, seen),
  };
}

/** Where Prometheus' own tool is installed, it says the same of the same numbers. */
function agree(
  { series, minutes }: Prometheus,
  seen: ReadonlyMap<number, readonly string[]>,
): void {
  const promtool = find("promtool");
  if (promtool === undefined) return;
  const value = (one: number | undefined) => (one === undefined ? "stale" : String(one));
  const selector = ({ __name__: name, ...labels }: Readonly<Record<string, string>>) =>
    `${name}{${Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`)}}`;
  const names = RULES.map(({ alert }) => alert);
  const file = join(temporary(), "test.yml");
  const one = {
    interval: "1m",
    input_series: series.map(({ labels, values }) => ({
      ...{ series: selector(labels), values: values.map(value).join(" ") },
    })),
    promql_expr_test: [...seen].flatMap(([minute, firing]) =>
      names.map((alert) => ({
        expr: `count by (alertname) (ALERTS{alertname="${alert}", alertstate="firing"})`,
        eval_time: `${minute}m`,
        exp_samples: firing.includes(alert) ? [{ labels: `{alertname="${alert}"}`, value: 1 }] : [],
      })),
    ),
  };
  expect(minutes).toBeGreaterThan(0);
  const tests = { rule_files: [FILE], evaluation_interval: "1m", tests: [one] };
  writeFileSync(file, stringify(tests, { lineWidth: 0 }));
  execFileSync(promtool, ["test", "rules", file], { encoding: "utf8" });
}

test("a server that cannot keep up, whose model dies, and that is down", async () => {
  const { engine } = await fake(
    { tokenMs: 20 },
    {
      plan: { ...PLAN, slots: 1 },
      limits: { queue: 3, userQueue: 9, waitSeconds: 600, userSlots: 1 },
    },
  );
  const { ask, after, stop, start, load, agree } = await watched(engine);
  expect(await after(8, () => ask("say 2"))).toEqual([]);

  const leaving = new AbortController();
  const asked = Array.from({ length: 4 }, () =>
    ask("say 1000000", leaving.signal).catch(() => 499),
  );
  await expect.poll(() => load()?.queued).toBe(3);
  // One too many each minute.
  const refused = async () => expect(await ask("say 2")).toBe(503);
  expect(await after(4, refused)).toEqual([]);
  expect(await after(4, refused)).toEqual(["CharlaQueue", "CharlaRefuses"]);
  leaving.abort();
  expect(await Promise.all(asked)).toEqual([499, 499, 499, 499]);
  await expect.poll(() => load()?.busy).toBe(0);
  expect(await after(8, () => ask("say 2"))).toEqual([]);

  for (const tokens of [4, 5, 6]) expect(await ask(`say ${tokens} die 3`)).toBe(200);
  expect(await after(1)).toEqual(["CharlaRestarts"]);
  expect(await after(16, () => ask("say 2"))).toEqual([]);
  // Two within a quarter of an hour may be, also where there were others before.
  for (const tokens of [7, 8]) expect(await ask(`say ${tokens} die 3`)).toBe(200);
  for (let minute = 0; minute < 16; minute++) expect(await after(1)).toEqual([]);

  await stop();
  expect(await after(2)).toEqual([]);
  expect(await after(2)).toEqual(["CharlaDown"]);
  await start();
  expect(await after(1)).toEqual([]);
  agree();
});

test("a model that is slow to begin, slow to write, or fails", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const pace = { firstMs: 100, tokenMs: 10, fails: false };
  const engine: Engine = {
    ...scripted(),
    async *generate() {
      vi.advanceTimersByTime(pace.firstMs);
      if (pace.fails) throw new TypeError("on purpose");
      for (let token = 0; token < 5; token++) {
        if (token > 0) vi.advanceTimersByTime(pace.tokenMs);
        yield "word ";
        await sleep(0);
      }
      yield { reason: "stop", promptTokens: 5, cachedTokens: 0, completionTokens: 5 };
    },
  };
  const { ask, after, agree } = await watched(engine);
  const asking = () => ask("Hi");
  const well = { ...pace };
  const scenes: readonly [string, Partial<typeof pace>][] = [
    ["CharlaSlowFirstToken", { firstMs: 7000 }],
    ["CharlaSlowTokens", { tokenMs: 450 }],
    ["CharlaFaults", { fails: true }],
  ];
  expect(await after(8, asking)).toEqual([]);
  for (const [alert, change] of scenes) {
    Object.assign(pace, change);
    expect(await after(8, asking)).toEqual([]);
    expect(await after(8, asking)).toEqual([alert]);
    Object.assign(pace, well);
    expect(await after(8, asking)).toEqual([]);
  }
  agree();
});

test("all alerts there are have been seen", () => {
  const source = readFileSync(join(ROOT, "tests/unit/metrics/alerts.test.ts"), "utf8");
  for (const { alert } of RULES) expect(source).toContain(`"${alert}"`);
});
