/** What answers cost: shared time, prices, who may see it, and what is left of who was erased. */
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { type Engine, only } from "../../../src/core/engine.ts";
import { scripted } from "../../../src/engines/scripted.ts";
import { toCsv, toReply } from "../../../src/features/cost/api.ts";
import { MachineTime } from "../../../src/features/cost/machine.ts";
import { cost, openCost } from "../../../src/features/cost/open.ts";
import { CostStore, type Row } from "../../../src/features/cost/store.ts";
import { freshDatabase } from "../../fixtures/databases.ts";
import { testHouse } from "../../fixtures/house.ts";
import { serve } from "../../fixtures/shared-mode.ts";

const row: Row = {
  ...{ person: "ana", model: "parrot", month: "2026-11" },
  ...{ answers: 1, prompt: 10, cached: 4, completion: 20, seconds: 2, cost: 0.5 },
};
const store = async () => new CostStore((await freshDatabase([cost])).db);

describe("a machine's time", () => {
  test("is shared by those who are computed at once, and none is counted twice", () => {
    let now = 0;
    const machine = new MachineTime(() => now);
    const first = machine.enter();
    now = 100;
    const second = machine.enter();
    now = 300;
    first.pause();
    now = 350;
    second.pause();
    now = 1000;
    const third = machine.enter();
    now = 1010;
    third.pause();
    expect([first.ms, second.ms, third.ms]).toEqual([200, 150, 10]);
  });

  test("is not taken by who waits", () => {
    let now = 0;
    const machine = new MachineTime(() => now);
    const [writes, waits] = [machine.enter(), machine.enter()];
    waits.pause();
    now = 100;
    waits.goOn();
    waits.goOn();
    now = 200;
    writes.pause();
    waits.pause();
    expect([writes.ms, waits.ms]).toEqual([150, 50]);
  });
});

describe("what is stored", () => {
  test("adds up by person, model and month", async () => {
    const costs = await store();
    await costs.add(row);
    await costs.add(row);
    await costs.add({ ...row, month: "2026-12" });
    expect(await costs.of({ person: "ana", month: "2026-11" })).toEqual([
      { ...row, answers: 2, prompt: 20, cached: 8, completion: 40, seconds: 4, cost: 1 },
    ]);
    expect(await costs.months()).toEqual(["2026-11", "2026-12"]);
  });

  test("keeps its sums when a person is erased or followed by another", async () => {
    const costs = await store();
    await costs.add(row);
    await costs.add({ ...row, person: "eva" });
    expect(await costs.move("ana", "eva")).toBe(1);
    expect(await costs.of({})).toMatchObject([{ person: "eva", answers: 2, cost: 1 }]);
    expect(await costs.move("eva", "")).toBe(1);
    expect(await costs.move("eva", "")).toBe(0);
    expect(await costs.of({ month: "2026-11" })).toMatchObject([{ person: "", cost: 1 }]);
  });
});

test("1,000 tokens cost what their time does", () => {
  const frame = { month: "2026-11", months: ["2026-11"], currency: "EUR", perHour: 900 };
  const { total, models } = toReply([row, { ...row, person: "eva" }], frame);
  expect(total).toMatchObject({ answers: 2, completionTokens: 40, cost: 1 });
  expect(models).toMatchObject([{ model: "parrot", tokensPerSecond: 10, perThousand: 25 }]);
});

test("CSV is read back as it was, and no spreadsheet takes a name for a formula", () => {
  const csv = toCsv([{ ...row, model: '=1+"2"' }], "EUR");
  expect(parse(csv, { columns: true })).toMatchObject([
    { month: "2026-11", person: "ana", model: `'=1+"2"`, cost: "0.5", currency: "EUR" },
  ]);
});

describe("the step", () => {
  const usual: Engine = scripted({ id: "parrot", tokenMs: 1 });
  const open = async (policy: object, settings = {}, engine = usual) => {
    const { db } = await freshDatabase([cost]);
    const engines = only(engine);
    const house = testHouse({ db, engines, settings, policy: { cost: policy } });
    const told = house.put(openCost(house.of(cost), () => new Date("2026-11-30T23:00:00Z")));
    const ask = (signal = new AbortController().signal) =>
      house.run({
        messages: [{ role: "user", content: "one two three" }],
        sampling: { temperature: 0, topP: 1, maxTokens: 100 },
        ...{ origin: "test", signal },
      });
    return { ask, told, costs: new CostStore(db) };
  };

  test("counts an answer's tokens and time, by the price of the hour", async () => {
    // 2 for an hour, and 500 W at 4 for a kilowatt-hour.
    const { ask, costs } = await open({ per_hour: 2, watts: 500, per_kwh: 4 });
    await Array.fromAsync(ask());
    const [found] = await costs.of({});
    expect(found).toMatchObject({ model: "parrot", month: "2026-11", answers: 1, completion: 5 });
    expect(found?.seconds).toBeGreaterThan(0);
    expect(found?.cost).toBeCloseTo((found?.seconds ?? 0) * (4 / 3600), 12);
  });

  test("counts what was written for who has left", async () => {
    const { ask, costs } = await open({ per_hour: 1 });
    for await (const { type } of ask()) if (type === "text") break;
    expect(await costs.of({})).toMatchObject([{ answers: 1, completion: 1 }]);
  });

  test("takes the prices of a model that has some, and asks nothing for others' machines", async () => {
    const { ask, costs } = await open({ models: { parrot: { input: 1, output: 10 } } });
    await Array.fromAsync(ask());
    const [found] = await costs.of({});
    expect(found?.cost).toBeCloseTo(((found?.prompt ?? 0) + 50) / 1000, 12);
    const remote = await open({ per_hour: 9 }, { remote: { url: "http://vllm" } });
    await Array.fromAsync(remote.ask());
    expect(await remote.costs.of({})).toMatchObject([{ cost: 0, completion: 5 }]);
  });

  test("does not give a slow reader's time to the machine", async () => {
    const engine: Engine = {
      ...scripted({ id: "parrot" }),
      async *generate() {
        yield "Once";
        const timings = { queueMs: 0, prefillMs: 1, decodeMs: 2 };
        yield { reason: "stop", promptTokens: 9, cachedTokens: 0, completionTokens: 1, timings };
      },
    };
    const { ask, costs } = await open({ per_hour: 1 }, {}, engine);
    for await (const { type } of ask()) if (type === "text") await sleep(20);
    expect(await costs.of({})).toMatchObject([{ seconds: 0.003 }]);
  });

  test("tells Prometheus of models and of no person", async () => {
    const { ask, told } = await open({ per_hour: 1 });
    await Array.fromAsync(ask());
    const gauges = (await told.gauges?.()) ?? [];
    expect(gauges.map(({ name }) => name)).toEqual([
      "charla.cost.month",
      "charla.cost.per_thousand_tokens",
    ]);
    for (const { values } of gauges) {
      expect(values.map(({ labels }) => labels)).toEqual([
        { "gen_ai.request.model": "parrot", "charla.currency": "EUR" },
      ]);
    }
  });
});

test("administrators see it, and members do not", async () => {
  const place = await serve({ policy: '[cost]\nper_hour = 3.6\ncurrency = "USD"\n' });
  const ana = await place.administrator();
  const eva = await place.join(ana, "eva@example.org");
  const messages = [{ role: "user", content: "Hi" }];
  await eva.must("POST", "/v1/chat/completions", { messages });
  const found = await ana.must("GET", "/api/cost");
  expect(found).toMatchObject({ currency: "USD", perHour: 3.6, total: { answers: 1 } });
  const [{ person, model }] = found.items;
  expect(model).toBe("scripted");
  const csv = await ana.must("GET", `/api/cost.csv?month=${found.month}`);
  expect(parse(csv, { columns: true })).toMatchObject([{ person, model, currency: "USD" }]);
  for (const path of ["/api/cost", "/api/cost.csv"]) {
    expect(await eva.fails("GET", path)).toBe("administrator_only");
  }
  expect((await ana.call("GET", "/api/cost?month=2026-13")).status).toBe(400);
  expect((await ana.must("GET", "/api/features")).cost).toEqual({ on: true });
});

test("is off, and counts nothing, where no price is said", async () => {
  const place = await serve();
  const ana = await place.administrator();
  expect(await ana.fails("GET", "/api/cost")).toBe("not_found");
  expect((await ana.must("GET", "/api/features")).cost).toEqual({});
});
