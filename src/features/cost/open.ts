/**
 * What answers cost, by person, model and month: for the own engine the machine's time by the price of
 * its hour, for models that are paid by the token their prices. Off, and nothing counted, unless the
 * policy says a price.
 */
import { type House, type Opened, openable } from "../../core/feature.ts";
import type { Gauge } from "../../core/gauges.ts";
import { route } from "../../core/route.ts";
import type { RunTurn, Step } from "../../core/turn.ts";
import type { Delta, Finish, Turn } from "../../core/types.ts";
import "../../core/extras.ts";
import { costQuery, costReply, toCsv, toReply } from "./api.ts";
import { MachineTime } from "./machine.ts";
import { type CostPolicy, costPolicy, hourOf, isOn } from "./policy.ts";
import { type CostDatabase, CostStore, migrations, monthOf } from "./store.ts";

/** Who has asked outside of any request. */
const NOBODY = "";
const MODEL = "gen_ai.request.model";

export const cost = openable({
  name: "cost",
  policy: { section: "cost", schema: costPolicy },
  migrations,
  open: (house) => openCost(house),
});

/** @param now for tests of another month */
export function openCost(house: House<CostPolicy>, now: () => Date = () => new Date()): Opened {
  const { policy, db, log } = house;
  const store = new CostStore(db as CostDatabase);
  const rights: Opened["rights"] = {
    async *collect(person) {
      const rows = await store.of({ person });
      if (rows.length === 0) return;
      yield { path: "cost/use.json", content: JSON.stringify(rows, null, 2) };
    },
    erase: async (person) => [
      {
        what: "cost",
        words: {
          en: "Whose use of models it was, by month (the sums stay)",
          es: "De quién fue el uso de modelos, por mes (las sumas quedan)",
        },
        count: await store.move(person, NOBODY),
      },
    ],
    giveTo: async (from, to) => void (await store.move(from, to)),
  };
  // What was counted earlier is still given out and erased.
  if (!isOn(policy)) return { rights };
  const { currency } = policy;
  const perHour = hourOf(policy);
  const read = async (wanted: string | undefined) => {
    const month = wanted ?? monthOf(now());
    const frame = { month, months: await store.months(), currency, perHour };
    return toReply(await store.of({ month }), frame);
  };
  return {
    rights,
    facts: { on: true },
    steps: [counting(house, new MachineTime(), store, now, log)],
    routes: [
      route({
        method: "get",
        path: "/api/cost",
        access: "administrator",
        summary: "Tells what answers of a month cost, by person and model.",
        query: costQuery,
        reply: costReply,
        handle: ({ query }) => read(query.month),
      }),
      route({
        method: "get",
        path: "/api/cost.csv",
        access: "administrator",
        summary: "The same as CSV; all months if none is named.",
        query: costQuery,
        async handle({ query: { month } }) {
          const name = `charla-cost${month === undefined ? "" : `-${month}`}.csv`;
          const rows = await store.of(month === undefined ? {} : { month });
          return new Response(toCsv(rows, currency), {
            headers: {
              "content-type": "text/csv; charset=utf-8",
              "content-disposition": `attachment; filename="${name}"`,
            },
          });
        },
      }),
    ],
    async gauges(): Promise<readonly Gauge[]> {
      const { models } = await read(undefined);
      const of = (name: string, help: string, value: (one: (typeof models)[number]) => number) => ({
        ...{ name: `charla.cost.${name}`, help },
        values: models.map((one) => ({
          ...{ value: value(one), labels: { [MODEL]: one.model, "charla.currency": currency } },
        })),
      });
      return [
        of("month", "What the answers of this month have cost.", (one) => one.cost),
        of(
          "per_thousand_tokens",
          "What 1,000 tokens that were written this month have cost.",
          ({ perThousand }) => perThousand ?? 0,
        ),
      ];
    },
  };
}

function counting(
  { policy, settings }: Pick<House<CostPolicy>, "policy" | "settings">,
  machine: MachineTime,
  store: CostStore,
  now: () => Date,
  log: House["log"],
): Step {
  const perSecond = hourOf(policy) / 3600;
  const costOf = (model: string, { promptTokens, completionTokens }: Counts, seconds: number) => {
    const price = policy.models[model];
    if (price) return (promptTokens * price.input + completionTokens * price.output) / 1000;
    // Another's machine has no hour of ours.
    return settings.remote ? 0 : seconds * perSecond;
  };
  return (turn, next) => counted(turn, next);

  async function* counted(turn: Turn, next: RunTurn): AsyncGenerator<Delta> {
    const part = machine.enter();
    let model: string | undefined;
    let finish: Finish | undefined;
    const counts = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
    try {
      for await (const delta of next(turn)) {
        if (delta.type === "start") {
          model = delta.start.model.id;
          counts.promptTokens = delta.start.promptTokens;
        }
        // Who waits for a slot takes nothing from those who have one.
        if (delta.type === "waiting") part.pause();
        if (delta.type === "text") {
          part.goOn();
          counts.completionTokens += Math.max(1, delta.tokens?.length ?? 1);
        }
        if (delta.type === "finish") {
          finish = delta.finish;
          Object.assign(counts, toCounts(finish));
        }
        yield delta;
      }
    } finally {
      part.pause();
      if (model !== undefined) {
        const seconds = secondsOf(part.ms, finish);
        const person = turn.asker?.id ?? NOBODY;
        const row = {
          ...{ person, model, month: monthOf(now()), answers: 1 },
          ...{ prompt: counts.promptTokens, cached: counts.cachedTokens },
          ...{ completion: counts.completionTokens, seconds, cost: costOf(model, counts, seconds) },
        };
        // The answer is there, and is not lost for a number.
        await store.add(row).catch((thrown) => log("the cost of an answer is not counted", thrown));
      }
    }
  }
}

type Counts = Pick<Finish, "promptTokens" | "cachedTokens" | "completionTokens">;

const toCounts = ({ promptTokens, cachedTokens, completionTokens }: Finish): Counts => ({
  ...{ promptTokens, cachedTokens, completionTokens },
});

/** A reader that is slow keeps an answer open; the engine knows how long it has worked for it. */
function secondsOf(ms: number, finish: Finish | undefined): number {
  const { prefillMs, decodeMs } = finish?.timings ?? {};
  const worked =
    prefillMs === undefined || decodeMs === undefined ? ms : Math.min(ms, prefillMs + decodeMs);
  return worked / 1000;
}
